'use strict';

/** What Node and the browser share. */
function pureFunctions(door) {
  return {
    validateDeploy: (requestText, target, nowMs) =>
      door.call(({ glue }) => glue.validateDeploy(requestText, target, nowMs)),
    parseHarnessUrl: url => door.call(({ glue }) => glue.parseHarnessUrl(url)),
  };
}

module.exports = { pureFunctions };
