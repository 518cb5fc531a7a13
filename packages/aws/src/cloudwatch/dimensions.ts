import type { Dimension } from '@aws-sdk/client-cloudwatch'

/** Dimensions in the order of their names, as the SDK takes them. */
export function toDimensions(dimensions: Readonly<Record<string, string>>): Dimension[] {
  return Object.keys(dimensions)
    .toSorted()
    .map((Name) => ({ Name, Value: dimensions[Name] ?? '' }))
}
