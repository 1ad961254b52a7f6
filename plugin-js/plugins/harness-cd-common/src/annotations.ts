/**
 * The address of the service's pipeline in Harness.
 *
 * @public
 */
export const HARNESS_PIPELINE_URL_ANNOTATION = 'harness.io/pipeline-url';

/**
 * Pipelines, one `label: address` a line. Harness's own plugin reads the same annotation.
 *
 * @public
 */
export const HARNESS_PIPELINES_ANNOTATION = 'harness.io/pipelines';

/**
 * Services, one `label: address` a line. Harness's own plugin reads the same annotation.
 *
 * @public
 */
export const HARNESS_SERVICES_ANNOTATION = 'harness.io/services';
