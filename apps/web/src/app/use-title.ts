import { useEffect } from 'react'

/** Title of the window: the most telling words first. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Firedrill`
  }, [title])
}
