/** Every ready-made world with the drills that are for all of them, and how each has to end, whatever the clock. */
export const ENDINGS = {
  'active-active': { 'instance-kill': 'held', 'dns-record-removal': 'held' },
  'backup-and-restore': { 'instance-kill': 'deviated', 'dns-record-removal': 'held' },
  'no-failover': { 'instance-kill': 'deviated', 'dns-record-removal': 'held' },
  'pilot-light': { 'instance-kill': 'deviated', 'dns-record-removal': 'held' },
  // Nothing there watches a failover, so no alarm tells of the outage.
  'single-region': { 'instance-kill': 'deviated', 'dns-record-removal': 'deviated' },
  'slow-replica': { 'instance-kill': 'held', 'dns-record-removal': 'held' },
  'warm-standby': { 'instance-kill': 'held', 'dns-record-removal': 'held' },
} as const
