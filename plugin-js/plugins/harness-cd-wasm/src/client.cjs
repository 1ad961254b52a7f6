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

    checkDeploy(requestText, pipeline, rules = null) {
      return this.#call(handle => handle.checkDeploy(requestText, pipeline, rules));
    }

    startDeployment(deployment, startedBy, nonce) {
      return this.#call(handle => handle.startDeployment(deployment, startedBy, nonce));
    }

    getPipeline(pipeline) {
      return this.#call(handle => handle.getPipeline(pipeline));
    }

    listDeployments(query, regions) {
      return this.#call(handle => handle.listDeployments(query, regions));
    }

    getExecution(id) {
      return this.#call(handle => handle.getExecution(id));
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
