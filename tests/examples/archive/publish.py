#!/usr/bin/env python3
# bfft: sends what is measured to an MQTT broker.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""publish.py TOPIC HOST[:PORT] PIPELINE

PIPELINE is one of gst-launch-1.0, in one argument. Each element message in it
goes to TOPIC/ELEMENT-NAME as a JSON object of its fields, for example
    publish.py lab/motor broker.local 'alsasrc ! audioconvert
        ! bfftwelch name=motor message-psd=false peaks=3 ! fakesink'
Nothing waits for the network but this program: what it has not sent yet is on
the bus, and the pipeline goes on.
"""
import json
import math
import sys

import gi
import paho.mqtt.client
gi.require_version('Gst', '1.0')
from gi.repository import Gst  # noqa: E402


def plain(value):
    """A field's value as JSON has it: numbers that are none are null."""
    if isinstance(value, Gst.Structure):
        return {value.nth_field_name(i): plain(value.get_value(value.nth_field_name(i)))
                for i in range(value.n_fields())}
    if isinstance(value, (Gst.ValueList, Gst.ValueArray, list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def connect(address):
    host, _, port = address.partition(':')
    version = getattr(paho.mqtt.client, 'CallbackAPIVersion', None)     # since 2.0
    client = paho.mqtt.client.Client(*([version.VERSION2] if version else []))
    client.connect(host, int(port or 1883))
    client.loop_start()
    return client


def main(topic, address, description):
    Gst.init(None)
    client = connect(address)
    pipeline = Gst.parse_launch(description)
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    count, failure, last = 0, None, None
    while (message := bus.timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)).type \
            == Gst.MessageType.ELEMENT:
        last = client.publish(f'{topic}/{message.src.get_name()}', qos=1,
                              payload=json.dumps(plain(message.get_structure())))
        count += 1
    if message.type == Gst.MessageType.ERROR:
        failure = message.parse_error()[0].message
    pipeline.set_state(Gst.State.NULL)
    if last:
        last.wait_for_publish()
    client.disconnect()
    client.loop_stop()
    print(f'{count} messages sent')
    return failure


if len(sys.argv) != 4:
    sys.exit(__doc__)
sys.exit(main(*sys.argv[1:]))
