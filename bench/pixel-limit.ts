/**
 * `pixel-limit.ts JSON`: the least that pictures can cost. Decodes the clip's pictures with libavcodec, converts their colour
 * with libavfilter and codes them with libjpeg-turbo, in one process, from memory, for nobody. Waits between pictures as the
 * camera does, since a processor that did something else meanwhile is slower than one that does nothing else.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_ID_H264 } from 'node-av/constants'
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib'
import { PictureMaker } from '../src/engine/child/picture-maker.ts'
import { letHeapDouble } from '../src/lib/heap-growth.ts'
import type { Micros } from '../src/media/time.ts'
import { type ClipSettings, loadClip } from '../test/fake-camera/clip.ts'
import { pause } from './waiting.ts'

/** What is to be done. */
interface LimitPlan {
  readonly clip: ClipSettings
  /** Seconds that do not count. */
  readonly warmUp: number
  readonly seconds: number
  readonly quality: number
}

/** Share of one core that decoding, converting and coding these pictures takes. */
export async function measurePixelLimit(plan: LimitPlan): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (text) => {
    printed += String(text)
  })
  await once(child, 'close')
  return Number(printed)
}

async function carryOut({ clip: settings, warmUp, seconds, quality }: LimitPlan): Promise<number> {
  letHeapDouble()
  const { units, width, height, fps } = await loadClip(settings)
  const packets = units.map((nals) => Buffer.concat(nals.flatMap((nal) => [START_CODE, nal])))
  const decoder = openDecoder()
  const maker = new PictureMaker('h264')
  maker.setRenditions(new Map([[1, { width, height, quality }]]))
  using packet = new Packet()
  using frame = new Frame()
  packet.alloc()
  frame.alloc()
  let count = 0
  let pictures = 0
  const work = () => {
    packet.unref()
    packet.data = packets[count % packets.length] ?? START_CODE
    packet.pts = BigInt(count)
    packet.isKeyframe = count % packets.length === 0
    decoder.sendPacketSync(packet)
    while (decoder.receiveFrameSync(frame) >= 0) maker.make(frame, count as Micros, () => pictures++)
    count++
  }
  const pictureFor = async (time: number) => {
    for (const end = count + time * fps; count < end; ) {
      const began = performance.now()
      work()
      await pause(Math.max(0, 1 / fps - (performance.now() - began) / 1000))
    }
  }
  await pictureFor(warmUp)
  const made = pictures
  const before = process.cpuUsage()
  await pictureFor(seconds)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) / 1e6 / (pictures - made)) * fps
}

function openDecoder(): CodecContext {
  const codec = Codec.findDecoder(AV_CODEC_ID_H264)
  if (!codec) throw new Error('this build of libav has no decoder for H.264')
  const decoder = new CodecContext()
  decoder.allocContext3(codec)
  decoder.threadCount = 1
  decoder.setFlags(AV_CODEC_FLAG_LOW_DELAY)
  decoder.open2Sync(codec, null)
  return decoder
}

const START_CODE = Buffer.from([0, 0, 0, 1])

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await carryOut(JSON.parse(process.argv[2] ?? '{}')))
