import { useDeploymentMatrix } from '../matrix/useDeploymentMatrix';
import { placeName } from '../shared/place';

/** A place as the record names it: by identifiers. */
interface RecordedPlace {
  service: string;
  environment: string;
  region?: string;
}

/** What a place of the record is called: with its service, where the page has several. */
export function usePlaceWords(): (place: RecordedPlace) => string {
  const services = useDeploymentMatrix().data?.matrix.services ?? [];
  return ({ service, environment, region }) => {
    const known = services.find(candidate => candidate.service === service);
    const cells = known?.environments.find(candidate => candidate.environment === environment);
    const place = placeName({ environment: cells?.environmentName ?? environment, region });
    return services.length > 1 ? `${known?.serviceName ?? service} · ${place}` : place;
  };
}
