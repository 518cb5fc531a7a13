/** Where an AWS Region is. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** Route 53's continent code. */
  readonly continent: 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA'
}

const at = (latitude: number, longitude: number, country: string, continent: Place['continent']): Place => ({
  latitude,
  longitude,
  country,
  continent,
})

const PLACES: Readonly<Record<string, Place>> = {
  'af-south-1': at(-33.9, 18.4, 'ZA', 'AF'),
  'ap-east-1': at(22.3, 114.2, 'HK', 'AS'),
  'ap-northeast-1': at(35.7, 139.7, 'JP', 'AS'),
  'ap-northeast-2': at(37.6, 127, 'KR', 'AS'),
  'ap-northeast-3': at(34.7, 135.5, 'JP', 'AS'),
  'ap-south-1': at(19.1, 72.9, 'IN', 'AS'),
  'ap-southeast-1': at(1.4, 103.8, 'SG', 'AS'),
  'ap-southeast-2': at(-33.9, 151.2, 'AU', 'OC'),
  'ap-southeast-3': at(-6.2, 106.8, 'ID', 'AS'),
  'ca-central-1': at(45.5, -73.6, 'CA', 'NA'),
  'eu-central-1': at(50.1, 8.7, 'DE', 'EU'),
  'eu-central-2': at(47.4, 8.5, 'CH', 'EU'),
  'eu-north-1': at(59.3, 18.1, 'SE', 'EU'),
  'eu-south-1': at(45.5, 9.2, 'IT', 'EU'),
  'eu-south-2': at(41.6, -0.9, 'ES', 'EU'),
  'eu-west-1': at(53.3, -6.3, 'IE', 'EU'),
  'eu-west-2': at(51.5, -0.1, 'GB', 'EU'),
  'eu-west-3': at(48.9, 2.4, 'FR', 'EU'),
  'me-central-1': at(25.2, 55.3, 'AE', 'AS'),
  'sa-east-1': at(-23.5, -46.6, 'BR', 'SA'),
  'us-east-1': at(38.9, -77.4, 'US', 'NA'),
  'us-east-2': at(40, -83, 'US', 'NA'),
  'us-west-1': at(37.4, -121.9, 'US', 'NA'),
  'us-west-2': at(45.8, -119.7, 'US', 'NA'),
}

/** The place of a Region; undefined for one that is not on this map. */
export const placeOf = (region: string): Place | undefined => PLACES[region]

/** Great-circle distance in kilometres, which stands for latency; without end if either is unknown. */
export const distanceBetween = (left: string, right: string): number => {
  const from = PLACES[left]
  const to = PLACES[right]
  if (from === undefined || to === undefined) return Number.POSITIVE_INFINITY
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const half = (a: number, b: number): number => Math.sin(radians(b - a) / 2) ** 2
  const chord =
    half(from.latitude, to.latitude) +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * half(from.longitude, to.longitude)
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(chord)))
}
