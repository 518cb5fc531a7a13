import type { ReactNode } from 'react'

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const
const cut = { ...line, stroke: 'var(--cut, var(--raised))', strokeWidth: 1.7 } as const

/** Drawn on a grid of 16. A shape means one thing everywhere. */
const SHAPES = {
  fault: <path d="M9.4 1 3 9.1h4L5.8 15 13 6.4H8.6z" fill="currentColor" />,
  recovering: <path d="M3.6 5.6a5.3 5.3 0 1 1-.8 3.2M3.2 2.2v3.6h3.6" {...line} />,
  held: (
    <>
      <circle cx="8" cy="8" r="6.8" fill="currentColor" />
      <path d="m4.9 8.3 2.1 2.1 4.1-4.7" {...cut} />
    </>
  ),
  deviated: (
    <>
      <path d="m8 .7 7.3 7.3L8 15.3.7 8z" fill="currentColor" />
      <path d="m6 6 4 4m0-4-4 4" {...cut} />
    </>
  ),
  inconclusive: (
    <>
      <circle cx="8" cy="8" r="6" {...line} />
      <path d="M8 2v12A6 6 0 0 1 8 2z" fill="currentColor" />
    </>
  ),
  open: <circle cx="8" cy="8" r="6" {...line} strokeDasharray="2.6 2.11" />,
  'not-run': (
    <>
      <circle cx="8" cy="8" r="6" {...line} />
      <path d="M5.3 8h5.4" {...line} />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="6" {...line} />
      <circle cx="8" cy="8" r="2.8" fill="currentColor" />
    </>
  ),
  unknown: (
    <>
      <rect x="1.8" y="1.8" width="12.4" height="12.4" rx="1.5" {...line} />
      <path d="M6.2 6.3a1.9 1.9 0 1 1 2.8 1.6c-.7.4-1 .7-1 1.3" {...line} />
      <circle cx="8" cy="11.5" r=".95" fill="currentColor" />
    </>
  ),
  people: (
    <>
      <circle cx="8" cy="4.8" r="3" fill="currentColor" />
      <path d="M2 14.5c.3-3.4 2.7-5.4 6-5.4s5.7 2 6 5.400z" fill="currentColor" />
    </>
  ),
  alarm: (
    <>
      <path d="M8 1.4 15 14H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
      <path d="M8 5.700v3.9" {...cut} />
      <circle cx="8" cy="11.9" r=".95" fill="var(--cut, var(--raised))" />
    </>
  ),
  note: <path d="M2.3 2.700h11.400v8H7.400l-2.9 2.700v-2.700H2.300z" {...line} />,
  stop: <rect x="3" y="3" width="10" height="10" rx="1" fill="currentColor" />,
  pause: <path d="M5.2 3v10M10.8 3v10" {...line} strokeWidth={2.4} strokeLinecap="butt" />,
  play: <path d="M4.3 2.7 13 8l-8.7 5.300z" fill="currentColor" />,
  link: (
    <path
      d="M6.8 9.200a2.7 2.7 0 0 0 3.9 0l2.2-2.300A2.7 2.7 0 0 0 9.1 3l-.9.900M9.2 6.800a2.7 2.7 0 0 0-3.9 0L3.1 9.100A2.7 2.7 0 0 0 6.9 13l.9-.9"
      {...line}
    />
  ),
  lever: (
    <>
      <circle cx="4.7" cy="8" r="3.3" {...line} />
      <path d="M8 8h6.8" {...line} />
    </>
  ),
  check: <path d="m3 8.4 3.2 3.200L13 4.7" {...line} strokeWidth={1.8} />,
  cross: <path d="m4 4 8 8m0-8-8 8" {...line} strokeWidth={1.8} />,
  equal: <path d="M3 6h10M3 10.200h10" {...line} strokeWidth={1.8} />,
  document: <path d="M3.6 1.800h6l2.9 2.900v9.500H3.600zM9.4 1.900v3h2.9" {...line} />,
  plus: <path d="M8 3v10M3 8h10" {...line} />,
  minus: <path d="M3 8h10" {...line} />,
  left: <path d="M10 3.7 5.7 8l4.3 4.3" {...line} />,
  right: <path d="m6 3.7 4.3 4.300L6 12.3" {...line} />,
  eye: (
    <>
      <path
        d="M1.3 8S3.7 3.7 8 3.7 14.7 8 14.7 8 12.3 12.3 8 12.3 1.3 8 1.3 8z"
        {...line}
        strokeWidth={1.4}
      />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  timer: (
    <>
      <circle cx="8" cy="8.8" r="5.3" {...line} />
      <path d="M8 5.900v2.900l1.9 1.200M6.4 1.500h3.2" {...line} />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1" {...line} />
      <path d="M5.3 7V5.100a2.7 2.7 0 0 1 5.4 0V7" {...line} />
    </>
  ),
  work: <rect x="2" y="5.5" width="12" height="5" fill="currentColor" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="3" {...line} />
      <path
        d="M8 1.300v1.400M8 13.300v1.400M1.3 8h1.400M13.3 8h1.400M3.3 3.300l1 1M11.7 11.700l1 1M3.3 12.700l1-1M11.7 4.300l1-1"
        {...line}
      />
    </>
  ),
  moon: <path d="M13.2 9.800A5.7 5.7 0 0 1 6.2 2.800a5.7 5.7 0 1 0 7 7z" {...line} />,
} as const satisfies Readonly<Record<string, ReactNode>>

/** Name of a shape. */
export type IconName = keyof typeof SHAPES

/** A shape in the colour of its surroundings. It says nothing by itself: a word stands beside it. */
export function Icon({ name, className = '' }: Readonly<{ name: IconName; className?: string }>) {
  return (
    <svg className={`i ${className}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  )
}

/** The mark of the product: a bar between two bounds. */
export function BrandMark() {
  return (
    <svg className="i" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      <path
        d="M5.5 2.500H2.500v13h3M12.5 2.500h3v13h-3"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
      />
      <path d="M9 4.800v8.4" stroke="var(--fault-fill)" strokeWidth="2.4" />
    </svg>
  )
}
