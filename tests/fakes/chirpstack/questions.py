"""What is asked of the fake and of a real server, in this order, and how each answered: status and text.

transcript.jsonl is what ChirpStack 4.20.0-test.1 answered on SQLite.
`python -m tests.fakes.chirpstack.questions HOST:PORT EMAIL PASSWORD > tests/fakes/chirpstack/transcript.jsonl` asks a
real one, which must be empty of these ids.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from chirpstack_api import api

from tests.fakes.chirpstack.place import DEADLINE, Place, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_api: Any = api

ONE, TWO, ZERO = "02c1730000010001", "02c1730000010002", "0" * 16
NOBODY = "02c173000000dead"
GATEWAY = "02c173ffff000001"
KEY = "00112233445566778899aabbccddeeff"
UNKNOWN = "5f0c4ab1-6b63-4a67-9f4b-1d2f6f3f0a55"


class Answer(NamedTuple):
    """A question, and what came of it."""

    question: str
    status: str
    text: str


class Asker:
    """Asks one server, and writes down what it answers."""

    def __init__(self, place: Place, channel: grpc.Channel) -> None:
        self.place, self.channel = place, channel
        self.answers: list[Answer] = []

    def put(
        self, question: str, call: str, request: Any, *, who: str = "tenant", show: Callable[[Any], str] | None = None
    ) -> None:
        """Ask with one of the place's keys; of a good answer `show` is kept."""
        service, method = call.split(".")
        ask = asking(self.channel, self.place.tokens[who])
        try:
            answer = ask(service, method, request)
        except grpc.RpcError as error:
            self.keep(question, error.code().name, error.details() or "")
        else:
            self.keep(question, "OK", show(answer) if show else "")

    def raw(self, question: str, metadata: tuple[tuple[str, str], ...]) -> None:
        """Ask for a device with any metadata."""
        try:
            stub = _api.DeviceServiceStub(self.channel)
            stub.Get(_api.GetDeviceRequest(dev_eui=NOBODY), timeout=DEADLINE, metadata=metadata)
        except grpc.RpcError as error:
            self.keep(question, error.code().name, error.details() or "")

    def keep(self, question: str, status: str, text: str) -> None:
        self.answers.append(Answer(question, status, text))

    def device(self, dev_eui: str = ONE, **changes: Any) -> Any:
        usual = {
            "name": "probe",
            "application_id": self.place.application,
            "device_profile_id": self.place.profile,
        }
        return _api.Device(dev_eui=dev_eui, **(usual | changes))


def ask_all(place: Place) -> list[Answer]:
    """Every question; what was made for them is taken away again."""
    with grpc.insecure_channel(place.address) as channel:
        asker = Asker(place, channel)
        for about in (_tokens, _creating, _reading, _keys, _updating, _gateways, _deleting):
            about(asker)
        return asker.answers


def _tokens(asker: Asker) -> None:
    token = asker.place.tokens["tenant"]
    asker.raw("no metadata", ())
    asker.raw("token without Bearer", (("authorization", token),))
    asker.raw("bearer in lower case", (("authorization", f"bearer {token}"),))
    asker.raw("token of random text", (("authorization", "Bearer hello"),))
    asker.raw("empty token", (("authorization", "Bearer "),))
    asker.put("list of applications", "ApplicationService.List", _applications(asker), show=_count)
    asker.put("list of applications, deleted key", "ApplicationService.List", _applications(asker), who="deleted")
    asker.put("list of applications, other tenant", "ApplicationService.List", _applications(asker), who="other")
    asker.put("list of applications without a tenant", "ApplicationService.List", _api.ListApplicationsRequest(limit=1))


def _applications(asker: Asker) -> Any:
    return _api.ListApplicationsRequest(limit=5, tenant_id=asker.place.tenant)


def _count(answer: Any) -> str:
    return f"{len(answer.result)} of {answer.total_count}"


def _creating(asker: Asker) -> None:
    for question, device, who in _candidates(asker):
        asker.put(f"create: {question}", "DeviceService.Create", _api.CreateDeviceRequest(device=device), who=who)
    asker.put("create: no device", "DeviceService.Create", _api.CreateDeviceRequest())
    asker.put("delete: device zero", "DeviceService.Delete", _api.DeleteDeviceRequest(dev_eui=ZERO))


def _candidates(asker: Asker) -> Iterator[tuple[str, Any, str]]:
    """Question, device, whose key."""
    make, place = asker.device, asker.place
    yield "read-only key", make(), "read_only"
    yield "deleted key", make(), "deleted"
    yield "key of another tenant", make(), "other"
    yield "unknown profile, read-only key", make(device_profile_id=UNKNOWN), "read_only"
    yield "unknown profile", make(device_profile_id=UNKNOWN), "tenant"
    yield "new", make(), "tenant"
    yield "again", make(), "tenant"
    yield "again in upper case", make(ONE.upper()), "tenant"
    theirs = {"application_id": place.other_application, "device_profile_id": place.other_profile}
    yield "again, another tenant", make(**theirs), "other"
    yield "unknown application", make(TWO, application_id=UNKNOWN), "tenant"
    yield "unknown application, administrator", make(TWO, application_id=UNKNOWN), "admin"
    yield "no application", make(TWO, application_id=""), "tenant"
    yield "a name for the application", make(TWO, application_id="name"), "tenant"
    yield "no profile", make(TWO, device_profile_id=""), "tenant"
    yield "15 digits", make(TWO[:-1]), "tenant"
    yield "letter o", make(TWO[:-1] + "o"), "tenant"
    yield "dashes", make("-".join(TWO[at : at + 2] for at in range(0, 16, 2))), "tenant"
    yield "no DevEUI", make(""), "tenant"
    yield "DevEUI all zero", make(ZERO), "tenant"
    yield "bad JoinEUI", make(TWO, join_eui="1234"), "tenant"
    yield "profile of another tenant", make(TWO, device_profile_id=place.other_profile), "tenant"


def _reading(asker: Asker) -> None:
    def get(question: str, dev_eui: str, who: str = "tenant") -> None:
        asker.put(f"get: {question}", "DeviceService.Get", _api.GetDeviceRequest(dev_eui=dev_eui), who=who, show=_shown)

    get("own", ONE)
    get("own, upper case", ONE.upper())
    get("own, read-only key", ONE, "read_only")
    get("of another tenant", ONE, "other")
    get("not there", NOBODY)
    get("not there, administrator", NOBODY, "admin")

    def list_(question: str, who: str = "tenant", **wanted: Any) -> None:
        request = _api.ListDevicesRequest(**({"limit": 5, "application_id": asker.place.application} | wanted))
        asker.put(f"list: {question}", "DeviceService.List", request, who=who, show=_count)

    list_("limit 5")
    list_("limit 0", limit=0)
    list_("no application", application_id="")
    list_("foreign application", "other")
    list_("part of a DevEUI", search=ONE[8:])
    list_("part of a name in other case", search="PROB")
    for method in ("GetActivation", "GetKeys"):
        request = getattr(_api, "GetDeviceActivationRequest" if method == "GetActivation" else "GetDeviceKeysRequest")
        for who in ("tenant", "admin"):
            asker.put(f"{method}: not there, {who}", f"DeviceService.{method}", request(dev_eui=NOBODY), who=who)
    asker.put(
        "GetActivation: not joined", "DeviceService.GetActivation", _api.GetDeviceActivationRequest(dev_eui=ONE),
        show=lambda answer: str(answer.HasField("device_activation")),
    )  # fmt: skip


def _shown(answer: Any) -> str:
    one = answer.device
    return f"{one.dev_eui} {one.name} {one.join_eui} {answer.HasField('last_seen_at')} {dict(one.tags)}"


def _keys(asker: Asker) -> None:
    def keys(question: str, method: str, who: str = "tenant", **given: str) -> None:
        message = _api.DeviceKeys(**({"dev_eui": ONE, "nwk_key": KEY} | given))
        kind = getattr(_api, f"{method.removesuffix('Keys')}DeviceKeysRequest")
        asker.put(f"{method}: {question}", f"DeviceService.{method}", kind(device_keys=message), who=who)

    def by_eui(question: str, method: str, kind: str, who: str = "tenant") -> None:
        show = _both if method == "GetKeys" else None
        request = getattr(_api, kind)(dev_eui=ONE)
        asker.put(f"{method}: {question}", f"DeviceService.{method}", request, who=who, show=show)

    by_eui("before", "GetKeys", "GetDeviceKeysRequest")
    keys("before", "UpdateKeys")
    by_eui("before", "FlushDevNonces", "FlushDevNoncesRequest")
    keys("unknown device", "CreateKeys", dev_eui=NOBODY)
    keys("unknown device, administrator", "CreateKeys", who="admin", dev_eui=NOBODY)
    keys("31 digits", "CreateKeys", nwk_key=KEY[:-1])
    keys("30 digits", "CreateKeys", nwk_key=KEY[:-2])
    keys("no hex", "CreateKeys", nwk_key="z" + KEY[1:])
    keys("read-only key", "CreateKeys", who="read_only")
    keys("none given", "CreateKeys", nwk_key="")
    by_eui("none given", "GetKeys", "GetDeviceKeysRequest")
    keys("again", "CreateKeys")
    keys("upper case", "UpdateKeys", nwk_key=KEY.upper())
    by_eui("after", "GetKeys", "GetDeviceKeysRequest")
    by_eui("after, read-only key", "GetKeys", "GetDeviceKeysRequest", "read_only")
    by_eui("after", "FlushDevNonces", "FlushDevNoncesRequest")
    by_eui("first", "DeleteKeys", "DeleteDeviceKeysRequest")
    by_eui("again", "DeleteKeys", "DeleteDeviceKeysRequest")


def _both(answer: Any) -> str:
    return f"{answer.device_keys.nwk_key} {answer.device_keys.app_key}"


def _updating(asker: Asker) -> None:
    make, place = asker.device, asker.place

    def update(question: str, device: Any, who: str = "tenant") -> None:
        asker.put(f"update: {question}", "DeviceService.Update", _api.UpdateDeviceRequest(device=device), who=who)

    update("tags", make(tags={"model": "x"}, join_eui="1" * 16, description="one"))
    asker.put("update: then", "DeviceService.Get", _api.GetDeviceRequest(dev_eui=ONE), show=_shown)
    update("only the name", make(name="other"))
    asker.put("update: then it is", "DeviceService.Get", _api.GetDeviceRequest(dev_eui=ONE), show=_shown)
    update("no name", make(name=""))
    update("not there", make(NOBODY))
    update("not there, administrator", make(NOBODY), "admin")
    update("profile of another tenant", make(device_profile_id=place.other_profile))
    update("application of another tenant", make(application_id=place.other_application))
    update("read-only key", make(), "read_only")


def _gateways(asker: Asker) -> None:
    tenant = asker.place.tenant

    def gateway(question: str, method: str, who: str = "tenant", **changes: Any) -> None:
        message = _api.Gateway(**({"gateway_id": GATEWAY, "name": "probe", "tenant_id": tenant} | changes))
        request = getattr(_api, f"{method}GatewayRequest")(gateway=message)
        asker.put(f"gateway {method}: {question}", f"GatewayService.{method}", request, who=who)

    def get(question: str, gateway_id: str = GATEWAY, who: str = "tenant") -> None:
        request = _api.GetGatewayRequest(gateway_id=gateway_id)
        asker.put(f"gateway Get: {question}", "GatewayService.Get", request, who=who, show=_gateway)

    get("not there")
    get("not there, administrator", who="admin")
    gateway("read-only key", "Create", "read_only", stats_interval=30)
    gateway("new", "Create", stats_interval=30)
    gateway("again", "Create", stats_interval=30)
    gateway("again, another tenant", "Create", "other", tenant_id=asker.place.other_tenant, stats_interval=30)
    gateway("15 digits", "Create", gateway_id=GATEWAY[:-1])
    get("own")
    get("of another tenant", who="other")
    gateway("own, as another tenant", "Update", "other", downlink_priority=7)
    gateway("without priority", "Update", name="other", stats_interval=60)
    gateway("with priority", "Update", name="other", stats_interval=60, downlink_priority=7)
    get("after")
    gateway("no name", "Update", name="", downlink_priority=7)
    gateway("no name and no priority", "Update", name="")
    gateway("read-only key", "Update", "read_only")
    asker.put("gateway List", "GatewayService.List", _api.ListGatewaysRequest(limit=5, tenant_id=tenant), show=_listed)
    for who in ("other", "tenant", "deleted"):
        whose = "" if who == "tenant" else tenant
        request = _api.ListGatewaysRequest(limit=5, tenant_id=whose, search="other")  # as it is called by now
        question = f"gateway List: {who} of what is not its own"
        asker.put(question, "GatewayService.List", request, who=who, show=_count)
    asker.put("gateway Delete", "GatewayService.Delete", _api.DeleteGatewayRequest(gateway_id=GATEWAY))


def _gateway(answer: Any) -> str:
    one = answer.gateway
    return f"{one.gateway_id} {one.name} {one.stats_interval} {one.downlink_priority} {answer.HasField('last_seen_at')}"


def _listed(answer: Any) -> str:
    (one,) = answer.result
    return f"{one.gateway_id} {one.name} {one.state}"


def _deleting(asker: Asker) -> None:
    for question, who in (("read-only key", "read_only"), ("own", "tenant"), ("again", "tenant"), ("again", "admin")):
        request = _api.DeleteDeviceRequest(dev_eui=ONE)
        asker.put(f"delete: {question}, {who}", "DeviceService.Delete", request, who=who)
    asker.put("delete: the other", "DeviceService.Delete", _api.DeleteDeviceRequest(dev_eui=TWO))


def main() -> None:
    """Ask a real server (its host:port, and an administrator's e-mail:password), and print what it answers."""
    from tests.fakes.chirpstack.real import login, of_real  # noqa: PLC0415  (it imports what a test does not need)

    address, admin = sys.argv[1:]
    with of_real(address, login(address, admin)) as place:
        for answer in ask_all(place):
            print(json.dumps(answer._asdict(), ensure_ascii=False))


if __name__ == "__main__":
    main()
