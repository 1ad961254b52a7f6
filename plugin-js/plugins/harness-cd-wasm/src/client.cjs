'use strict';

/** The class of the Harness client behind a door, with the methods that the core has. */
function clientClass(door, methods) {
  class HarnessClient {
    #options;
    #isFree = false;

    constructor(options) {
      this.#options = options;
      door.call(instance => this.#handleOf(instance)); // refuses wrong options now, not at the first call
    }

    free() {
      this.#isFree = true;
      door.release(this);
    }

    static {
      for (const method of methods) {
        this.prototype[method] = function call(...args) {
          return this.#call(handle => handle[method](...args));
        };
      }
    }

    async #call(run) {
      if (this.#isFree) throw new TypeError('this HarnessClient was freed');
      return door.callAsync(instance => run(this.#handleOf(instance)));
    }

    /** The handle in the living instance; it is kept there, and goes with it. */
    #handleOf({ glue, handles }) {
      if (!handles.has(this)) handles.set(this, new glue.HarnessClient(this.#options));
      return handles.get(this);
    }
  }
  return HarnessClient;
}

module.exports = { clientClass };
