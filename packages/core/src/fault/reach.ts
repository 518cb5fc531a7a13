/** How far a fault's effect goes beyond its targets: not at all, to their whole Availability Zone, or to their whole Region. */
export const REACHES = ['targets', 'zone', 'region'] as const
export type Reach = (typeof REACHES)[number]
