'use strict';

/** What Node and the browser share. */
function pureFunctions(door) {
  return {
    validateDeploy: (requestText, rules, nowMs) =>
      door.call(({ glue }) => glue.validateDeploy(requestText, rules, null, nowMs)),
    validateForTarget: (requestText, { rules = null, inputs = null }, nowMs) =>
      door.call(({ glue }) => glue.validateDeploy(requestText, rules, inputs, nowMs)),
    parseHarnessUrl: url => door.call(({ glue }) => glue.parseHarnessUrl(url)),
  };
}

module.exports = { pureFunctions };
