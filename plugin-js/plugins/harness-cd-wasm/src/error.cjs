'use strict';

class HarnessCdError extends Error {
  constructor(message, { code, status, harnessCode, correlationId }, options) {
    super(message, options);
    this.name = 'HarnessCdError';
    this.code = code;
    if (status !== undefined) this.status = status;
    if (harnessCode !== undefined) this.harnessCode = harnessCode;
    if (correlationId !== undefined) this.correlationId = correlationId;
  }
}

module.exports = { HarnessCdError };
