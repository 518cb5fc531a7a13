import type { Filter } from '@aws-sdk/client-ec2'
import type { InjectStep } from '@firedrill/core'

/** The tag by which EC2 shows of which Auto Scaling group an instance is a member. */
const GROUP_TAG = 'aws:autoscaling:groupName'

/** Tags, group and state are asked of EC2; zones are told apart by the caller, since a selector may mix names and ids. */
export function filtersOf({ targets: { tags, group } }: InjectStep): readonly Filter[] {
  return [
    { Name: 'instance-state-name', Values: ['running'] },
    ...Object.entries({ ...tags, ...(group === undefined ? {} : { [GROUP_TAG]: group }) }).map(
      ([key, value]) => ({ Name: `tag:${key}`, Values: [literal(value)] }),
    ),
  ]
}

/** Whether an instance lies in one of the selector's zones, which are names or ids; none means anywhere. */
export function isInZones(
  { zone, zoneId }: Readonly<{ zone: string; zoneId: string }>,
  { targets: { zones } }: InjectStep,
): boolean {
  return zones.length === 0 || zones.includes(zone) || zones.includes(zoneId)
}

/** A filter value that means itself: `*`, `?` and `\` are wildcards to EC2. */
function literal(value: string): string {
  return value.replaceAll(/[*?\\]/g, String.raw`\$&`)
}
