'use strict';

/** The class of the Harness client behind a door. */
function clientClass(door) {
  return class HarnessClient {
    #options;
    #handle;
    #owner;
    #isFree = false;

    constructor(options) {
      this.#options = options;
      door.call(instance => this.#handleOf(instance)); // refuses wrong options now, not at the first call
    }

    runPipeline(run) {
      return this.#call(handle => handle.runPipeline(run));
    }

    getPipeline(pipeline) {
      return this.#call(handle => handle.getPipeline(pipeline));
    }

    listDeployments(query, options) {
      return this.#call(handle => handle.listDeployments(query, options));
    }

    getExecution(id, options) {
      return this.#call(handle => handle.getExecution(id, options));
    }

    free() {
      this.#isFree = true;
      this.#release();
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
  };
}

module.exports = { clientClass };
