import { Fragment } from 'react'
import { durationParts } from '../format/duration.ts'

/** A length of time with lighter units. */
export function Duration({ micros, digits = 1 }: Readonly<{ micros: number; digits?: 0 | 1 }>) {
  return (
    <>
      {durationParts(micros, digits).map(({ figure, unit }, index) => (
        <Fragment key={unit}>
          {index > 0 ? ' ' : ''}
          {figure}
          <span className="u"> {unit}</span>
        </Fragment>
      ))}
    </>
  )
}
