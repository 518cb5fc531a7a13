export type { Attempt } from './attempt.ts'
export { createNetworkCheck } from './check/network-check.ts'
export { createMarkerPaths } from './markers/marker-paths.ts'
export { writeMarkers, type MarkerWriter } from './markers/marker-writer.ts'
export type { AttemptContext, Vantage } from './probe-context.ts'
export {
  createRemoteProber,
  type RemoteProber,
  type RemoteProberOptions,
  type RemoteTrouble,
} from './remote/remote-prober.ts'
export { compareClocks } from './role/compare-clocks.ts'
export { createProbeRole, type ProbeRole, type ProbeRolePorts, type ProbeTrouble } from './role/probe-role.ts'
export { runProbe, type MakeAttempt, type ProbeDeps } from './run-probe.ts'
export { createProber, SLOT_SHARE, type Prober, type ProberOptions } from './schedule/prober.ts'
export { readAnchor, worldTime, type Anchor, type WorldTime } from './schedule/world-time.ts'
export type { StallWatch } from './schedule/stall-watch.ts'
