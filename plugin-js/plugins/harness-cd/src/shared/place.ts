/** Where something runs, or is to run: an environment and, where it is known, one of its regions. */
export interface Place {
  environment: string;
  region?: string;
}

/** What a place is called, for example `int-stable/euw1`. */
export function placeName({ environment, region }: Place): string {
  return region === undefined ? environment : `${environment}/${region}`;
}
