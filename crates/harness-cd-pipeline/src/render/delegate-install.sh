#!/bin/sh
# Installs the delegate DELEGATE_NAME, or upgrades it. SERVES
#   HARNESS_ACCOUNT_ID      the Harness account
#   HARNESS_DELEGATE_TOKEN  ITS_TOKEN; it goes into Kubernetes secrets and into no file
#   KUBE_CONTEXT            the context in the kubeconfig of HOME_CLUSTER
# Needs kubectl and helm.
set -eu
: "${HARNESS_ACCOUNT_ID:?}" "${HARNESS_DELEGATE_TOKEN:?}" "${KUBE_CONTEXT:=DEFAULT_CONTEXT}"
cd "$(dirname "$0")"

apply() {
  kubectl --context "$KUBE_CONTEXT" apply --server-side --filename -
}

secret() {
  printf %s "$HARNESS_DELEGATE_TOKEN" |
    kubectl create secret generic "$1" --namespace harness-delegate-ng --from-file="$2=/dev/stdin" \
      --dry-run=client --output yaml |
    apply
}

kubectl create namespace harness-delegate-ng --dry-run=client --output yaml | apply
secret DELEGATE_NAME-token DELEGATE_TOKEN
secret DELEGATE_NAME-upgrader-token UPGRADER_TOKEN

helm upgrade --install DELEGATE_NAME harness-delegate-ng \
  --repo 'HARNESS_URL/storage/harness-download/delegate-helm-chart/' \
  --kube-context "$KUBE_CONTEXT" \
  --namespace harness-delegate-ng \
  --values DELEGATE_NAME.values.yaml \
  --set accountId="$HARNESS_ACCOUNT_ID"
