/** A text of several lines, further in. */
export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

/** A pipeline of the example's project with these members, which is the component of its own name's. */
export function pipeline(identifier: string, members: string): string {
  return `pipeline:
  identifier: ${identifier}
  name: ${identifier}
  orgIdentifier: default
  projectIdentifier: platform
  tags: { backstage-entity: component:default/${identifier} }
${indented(members, 2)}`;
}

/** The stages of a pipeline, each an element of a list. */
export function stages(...elements: string[]): string {
  return `stages:\n${indented(elements.join(''), 2)}`;
}

/** A stage that deploys: what and where, and what else the stage says. */
export function deployment(spec: string, around: string = ''): string {
  return `- stage:
    identifier: roll_out
    name: Roll out
    type: Deployment
${indented(around, 4)}    spec:
      deploymentType: Kubernetes
${indented(spec, 6)}
      execution:
        steps:
          - step: { identifier: roll, name: roll, type: K8sRollingDeploy, timeout: 10m, spec: {} }
        rollbackSteps: []
    failureStrategies:
      - onFailure: { errors: [AllErrors], action: { type: StageRollback } }
`;
}

/** A place of the example. */
export const FIXED_PLACE =
  'environment: { environmentRef: int_stable, infrastructureDefinitions: [{ identifier: int_stable_euw1_k8s }] }';
