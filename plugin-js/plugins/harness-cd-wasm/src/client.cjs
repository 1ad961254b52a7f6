'use strict';

/** The class of the Harness client behind a door, with the methods that the core has. */
function clientClass(door, methods) {
  class HarnessClient {
    #options;
    #handle;
    #owner;
    #isFree = false;

    constructor(options) {
      this.#options = options;
      door.call(instance => this.#handleOf(instance)); // refuses wrong options now, not at the first call
    }

    free() {
      this.#isFree = true;
      this.#release();
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

    /** The handle in the living instance; an instance that was replaced takes its handle along. */
    #handleOf(instance) {
      if (this.#owner !== instance) {
        this.#release();
        this.#handle = new instance.glue.HarnessClient(this.#options);
        this.#owner = instance;
      }
      return this.#handle;
    }

    #release() {
      const handle = this.#handle;
      this.#handle = undefined;
      this.#owner = undefined;
      try {
        handle?.free();
      } catch {
        // its instance has trapped, and is given up as a whole
      }
    }
  }
  return HarnessClient;
}

module.exports = { clientClass };
