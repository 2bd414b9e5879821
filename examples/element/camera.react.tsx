import 'atalaya/element'
import type { AtalayaCamera, CameraView } from 'atalaya/element'
import { type DetailedHTMLProps, type HTMLAttributes, useEffect, useRef, useState } from 'react'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'atalaya-camera': DetailedHTMLProps<HTMLAttributes<AtalayaCamera>, AtalayaCamera> & {
        camera: string
        gateway?: string
        fps?: number
      }
    }
  }
}

/** A camera, and its state in words of your own. */
export function Camera({ id, gateway }: { id: string; gateway: string }) {
  const element = useRef<AtalayaCamera>(null)
  const [state, setState] = useState<CameraView['state']>('loading')
  useEffect(() => {
    const camera = element.current
    const onState = ({ detail }: CustomEvent<CameraView>) => setState(detail.state)
    camera?.addEventListener('state', onState)
    return () => camera?.removeEventListener('state', onState)
  }, [])
  return (
    <figure>
      <atalaya-camera ref={element} camera={id} gateway={gateway} />
      <figcaption>{state}</figcaption>
    </figure>
  )
}
