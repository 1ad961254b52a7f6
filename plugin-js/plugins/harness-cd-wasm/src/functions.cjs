'use strict';

/** Functions of the core by their names, each through the door. */
function functionsOf(door, names) {
  return Object.fromEntries(names.map(name => [name, (...args) => door.call(({ glue }) => glue[name](...args))]));
}

module.exports = { functionsOf };
