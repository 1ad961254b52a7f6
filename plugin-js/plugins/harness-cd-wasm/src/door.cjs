'use strict';

const { HarnessCdError } = require('./error.cjs');

/** Linear memory never shrinks: an instance that has grown beyond this is replaced. */
const MAX_MEMORY_BYTES = 128 * 1024 * 1024;

/** One WebAssembly instance with its glue, and the asynchronous calls that wait for it. */
class Instance {
  #memory;
  #pending = new Set();
  /** The handles in it, by their owners. They stand here, so that an idle owner does not keep a dropped instance. */
  handles = new Map();

  constructor(createGlue, module, onTrap) {
    // Every continuation of an asynchronous call runs as a microtask of the glue. A trap there would end the process
    // and leave the caller waiting for ever.
    const queueGuarded = task =>
      queueMicrotask(() => {
        try {
          task();
        } catch (error) {
          onTrap(this);
          const failure = this.failureOf(error);
          this.#pending.forEach(reject => reject(failure));
        }
      });
    this.glue = createGlue(queueGuarded);
    this.#memory = this.glue.initSync({ module }).memory;
  }

  get isLarge() {
    return this.#memory.buffer.byteLength > MAX_MEMORY_BYTES;
  }

  /** Waits for a promise of this instance, or for the instance's end. */
  settle(promise) {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      promise.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  failureOf(trap) {
    const message = this.#panicMessage() ?? trap.message;
    return new HarnessCdError(`the Harness CD core failed: ${message}`, { code: 'INTERNAL' }, { cause: trap });
  }

  #panicMessage() {
    try {
      return this.glue.takePanicMessage();
    } catch {
      return undefined; // after a stack overflow no call works
    }
  }
}

/**
 * Calls into the core. A trap kills the instance, never the process: the call fails with the code INTERNAL, and the
 * next one gets a new instance of the module that is compiled already.
 */
class Door {
  #createGlue;
  #module;
  #instance;

  constructor(createGlue) {
    this.#createGlue = createGlue;
  }

  /** Takes the compiled module; later ones are ignored. */
  open(module) {
    this.#module ??= module;
  }

  get isOpen() {
    return this.#module !== undefined;
  }

  /** The living instance; handles of the glue belong to one and are made again for the next. */
  get instance() {
    if (!this.isOpen) {
      throw new HarnessCdError('harness-cd-wasm is not loaded yet: await loadHarnessCd() once, before the first call', {
        code: 'INTERNAL',
      });
    }
    this.#instance ??= new Instance(this.#createGlue, this.#module, instance => this.#drop(instance));
    return this.#instance;
  }

  /** Frees the handle of an owner, where the living instance has one. */
  release(owner) {
    const { handles } = this.#instance ?? {};
    handles?.get(owner)?.free();
    handles?.delete(owner);
  }

  /** Calls a function of the glue. */
  call(run) {
    const { instance } = this;
    try {
      const answer = run(instance);
      if (instance.isLarge) this.#drop(instance);
      return answer;
    } catch (error) {
      throw this.#translate(instance, error);
    }
  }

  /** Calls a function of the glue that answers with a promise. */
  async callAsync(run) {
    const { instance } = this;
    try {
      return await instance.settle(run(instance));
    } catch (error) {
      throw this.#translate(instance, error);
    } finally {
      if (instance.isLarge) this.#drop(instance);
    }
  }

  #translate(instance, error) {
    // A stack overflow inside WebAssembly surfaces as the engine's own RangeError.
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      this.#drop(instance);
      return instance.failureOf(error);
    }
    const isOurs = error?.name === 'HarnessCdError' && !(error instanceof HarnessCdError);
    return isOurs ? new HarnessCdError(error.message, error) : error;
  }

  #drop(instance) {
    if (this.#instance === instance) this.#instance = undefined;
  }
}

module.exports = { Door };
