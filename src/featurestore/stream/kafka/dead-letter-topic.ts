import type { KafkaMessage, Message } from "kafkajs";
import type { DeadLetter } from "../dead-letter.ts";
import type { BuriedLetter } from "../event-log.ts";

/** The topic in which the dead letters of another are kept. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dead-letters`;
}

/** A dead letter as a message: the event's own key and value, and in its headers what it was (moments as microseconds) and why it is dead. */
export function deadLetterMessage(
  topic: string,
  { source, partition, event, code, reason }: DeadLetter,
  how?: "without value",
): Message {
  const headers = {
    "tondo-source": source,
    "tondo-topic": topic,
    "tondo-partition": partition,
    "tondo-offset": String(event.offset),
    "tondo-arrived-at": String(event.arrivedAt),
    "tondo-code": code,
    "tondo-reason": reason,
    ...(how === undefined ? {} : { "tondo-value": "left out: it is larger than this topic takes" }),
  };
  const value = how === undefined && event.value !== null ? Buffer.from(event.value) : null;
  return { key: event.key === null ? null : Buffer.from(event.key), value, headers };
}

/** The dead letter that a message is; `undefined` where somebody else put it there. */
export function letterOf({ key, value, headers = {} }: KafkaMessage): BuriedLetter | undefined {
  const read = (name: string): string | undefined => {
    const header = headers[`tondo-${name}`];
    return header === undefined ? undefined : String(Array.isArray(header) ? header[0] : header);
  };
  const [source, partition, offset, arrivedAt] = [
    read("source"),
    read("partition"),
    read("offset"),
    read("arrived-at"),
  ];
  if (source === undefined || partition === undefined || offset === undefined || arrivedAt === undefined)
    return undefined;
  return {
    ...{ source, partition, code: read("code") ?? "", reason: read("reason") ?? "" },
    event: { offset: Number(offset), key, value, arrivedAt: Number(arrivedAt) },
    hasValue: read("value") === undefined,
  };
}
