export { readCalendar, type ReadCalendar } from './calendar/read-calendar.ts'
export { compileFile, identify, type FileCompilation, type Identity } from './compile-file.ts'
export { compileEnvironment, type EnvironmentOptions } from './environment/compile-environment.ts'
export type { ProcessValues } from './environment/process-values.ts'
export { formatProblems, type PlacedProblem } from './problem/problems.ts'
export { compileRunbook } from './runbook/compile-runbook.ts'
export { compileScenario, type ScenarioOptions } from './scenario/compile-scenario.ts'
export type { ParentFile, ResolveScenario } from './scenario/extend.ts'
export type { ParameterValues } from './scenario/parameters.ts'
export { importExperiment } from './import/import-experiment.ts'
export { readSeries, SERIES_FORMATS, type SeriesFormat, type SeriesReading } from './series/read-series.ts'
export type { Compilation } from './schema/finish.ts'
export { FILE_KINDS, type FileKind } from './schema/header.ts'
export { setParameters, type SetParameters } from './write/set-parameters.ts'
export { writeScenario, type DraftTargets, type ScenarioDraft } from './write/write-scenario.ts'
export {
  fileJsonSchema,
  fileJsonSchemaText,
  SCHEMA_KINDS,
  type JsonSchema,
  type SchemaKind,
} from './schema/json-schema.ts'
