import { approval } from './checks/approval.ts'
import { blastRadius } from './checks/blast-radius.ts'
import { callerIdentity } from './checks/caller-identity.ts'
import { credentials } from './checks/credentials.ts'
import { deadMan } from './checks/dead-man.ts'
import { drift } from './checks/drift.ts'
import { environmentEnabled } from './checks/environment-enabled.ts'
import { faultDuration } from './checks/fault-duration.ts'
import { freeze } from './checks/freeze.ts'
import { halt } from './checks/halt.ts'
import { irreversible } from './checks/irreversible.ts'
import { knownFaults } from './checks/known-faults.ts'
import { lock } from './checks/lock.ts'
import { markers } from './checks/markers.ts'
import { platformApart } from './checks/platform-apart.ts'
import { protectedRecords } from './checks/protected-records.ts'
import { protectedTags } from './checks/protected-tags.ts'
import { protectedZones } from './checks/protected-zones.ts'
import { quotas } from './checks/quotas.ts'
import { rate } from './checks/rate.ts'
import { region } from './checks/region.ts'
import { response } from './checks/response.ts'
import { safetyLever } from './checks/safety-lever.ts'
import { selector } from './checks/selector.ts'
import { steadyState } from './checks/steady-state.ts'
import { stopConditions } from './checks/stop-conditions.ts'
import { survivors } from './checks/survivors.ts'
import { tags } from './checks/tags.ts'
import { window } from './checks/window.ts'
import type { Guardrail } from './guardrail.ts'

/** Every guardrail in the order in which it is asked; that order, and nothing else, is `GUARDRAILS`. */
export const ORDERED_GUARDRAILS: readonly Guardrail[] = [
  halt,
  environmentEnabled,
  credentials,
  callerIdentity,
  region,
  rate,
  safetyLever,
  window,
  freeze,
  knownFaults,
  response,
  selector,
  approval,
  drift,
  tags,
  protectedTags,
  protectedZones,
  protectedRecords,
  blastRadius,
  lock,
  irreversible,
  markers,
  deadMan,
  stopConditions,
  quotas,
  faultDuration,
  platformApart,
  survivors,
  steadyState,
]
