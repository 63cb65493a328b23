#!/usr/bin/env python3
# bfft: sends what is measured to an MQTT broker.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""publish.py TOPIC HOST PIPELINE

HOST may be NAME:PORT. PIPELINE is one of gst-launch-1.0, in one argument. Each element message in it
goes to TOPIC/ELEMENT-NAME as a JSON object of its fields, for example
    publish.py lab/motor broker.local 'alsasrc ! audioconvert
        ! bfftwelch name=motor message-psd=false peaks=3 ! fakesink'
Nothing waits for the network but this program: what it has not sent yet is on
the bus, and the pipeline goes on.
"""
import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import example  # noqa: E402  first: it says which package is missing
import paho.mqtt.client  # noqa: E402
from example import Gst  # noqa: E402


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
    try:
        client.connect(host, int(port or 1883))
    except (OSError, ValueError) as error:
        example.fail(f'{address}: no MQTT broker answers ({error})')
    client.loop_start()
    return client


def main(topic, address, description):
    pipeline = example.launch(description)
    client = connect(address)
    count, last = 0, None
    for message in example.messages(pipeline):
        last = client.publish(f'{topic}/{message.src.get_name()}', qos=1,
                              payload=json.dumps(plain(message.get_structure())))
        count += 1
    if last:
        last.wait_for_publish()
    client.disconnect()
    client.loop_stop()
    print(f'{count} messages sent')


main(*example.arguments(__doc__))
