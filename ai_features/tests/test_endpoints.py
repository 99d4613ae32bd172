"""Where providers may not be: 30 endpoints through every door, redirects, rebinding. Nobody is ever connected to."""

import io
import socket

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from ai_features import endpoints, services
from ai_features.models import Outcome, Provider, Usage
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import BUILTIN, Checklist, builtin
from assignhub.permissions import OPERATOR

# {port} is where a listener counts who comes.
FORBIDDEN = (
    "http://127.0.0.1:{port}/v1",
    "https://127.0.0.1:{port}/v1",
    "HTTP://127.0.0.1:{port}",
    "http://localhost:{port}/v1",
    "http://LOCALHOST.:{port}/v1",
    "http://127.1:{port}/v1",
    "http://2130706433:{port}/v1",
    "http://0x7f000001:{port}/v1",
    "http://0x7f.1:{port}/v1",
    "http://0177.0.0.1:{port}/v1",
    "http://0:{port}/v1",
    "http://0.0.0.0:{port}/v1",
    "http://127.0.0.1.:{port}/v1",
    "http://[::1]:{port}/v1",
    "http://[::]:{port}/v1",
    "http://[::ffff:127.0.0.1]:{port}/v1",
    "http://[::ffff:7f00:1]:{port}/v1",
    "http://[::127.0.0.1]:{port}/v1",
    "http://[64:ff9b::7f00:1]:{port}/v1",
    "http://[2002:7f00:1::1]:{port}/v1",
    "http://[fe80::1]:{port}/v1",
    "http://[fe80::1%25lo]:{port}/v1",
    "http://[fd00::1]:{port}/v1",
    "http://[ff02::1]:{port}/v1",
    "http://10.0.0.1:{port}/v1",
    "http://172.16.0.1:{port}/v1",
    "http://192.168.0.1:{port}/v1",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1:{port}/v1",
    "http://224.0.0.1:{port}/v1",
    "http://255.255.255.255:{port}/v1",
    "http://somebody@127.0.0.1:{port}/v1",
    "http://api.example@127.0.0.1:{port}/v1",
    "http://127.0.0.1:{port}\\@api.example/v1",
    "http://127。0。0。1:{port}/v1",
    "http://①②⑦.0.0.1:{port}/v1",
    "http://127.0.0.1:{port}/v1?next=1",
    "http://127.0.0.1:{port}/v1#there",
    "http://127.0.0.1:0/v1",
    "http://127.0.0.1:{port}0000/v1",
    "http://%31%32%37.0.0.1:{port}/v1",
    "http://[::1/v1",
    "http:///v1",
    "//127.0.0.1:{port}/v1",
    "127.0.0.1:{port}",
    "ftp://127.0.0.1:{port}/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_",
)


@pytest.fixture
def listener():
    with scripted.provider() as listening:
        yield listening


@pytest.fixture
def port(listener) -> str:
    return listener.address.rpartition(":")[2].removesuffix("/v1")


@pytest.fixture
def gateway(db) -> Provider:
    return services.providers.create(by=OPERATOR, name="Gateway", type="custom", endpoint="https://1.1.1.1/v1")


def create(url, gateway, api, staff_client, super_admin, tmp_path) -> bool:
    body = {"name": "Inside", "type": "custom", "endpoint": url}
    response = api(super_admin).post("/api/dynamic-ai/providers", body)
    return (response.status_code, response.json()["error"]) == (400, "FORBIDDEN_ENDPOINT")


def update(url, gateway, api, staff_client, super_admin, tmp_path) -> bool:
    response = api(super_admin).patch(f"/api/dynamic-ai/providers/{gateway.pk}", {"endpoint": url})
    return (response.status_code, response.json()["error"]) == (400, "FORBIDDEN_ENDPOINT")


def save_page(url, gateway, api, staff_client, super_admin, tmp_path) -> bool:
    page = reverse("admin:ai_features_provider_change", args=[gateway.pk])
    form = {"name": "Gateway", "type": "custom", "endpoint": url, "is_active": "on"}
    response = staff_client(super_admin).post(page, form)
    return response.status_code == 200 and "cannot be an endpoint" in response.content.decode()


def import_file(url, gateway, api, staff_client, super_admin, tmp_path) -> bool:
    path, said = tmp_path / "providers.csv", io.StringIO()
    path.write_text(f"name,type,endpoint\nInside,custom,{url}\n")
    with pytest.raises(CommandError, match=r"1 row was refused\."):
        call_command("import_ai_providers", path, by=super_admin.email, stdout=said)
    return "cannot be an endpoint" in said.getvalue()


@pytest.mark.parametrize("door", [create, update, save_page, import_file])
def test_forbidden_endpoint_is_refused_at_every_door(
    door, gateway, listener, port, api, staff_client, super_admin, tmp_path
):
    before = list(Provider.objects.values())
    urls = [url.format(port=port) for url in FORBIDDEN]

    let_in = [url for url in urls if not door(url, gateway, api, staff_client, super_admin, tmp_path)]

    assert let_in == []
    assert len(urls) >= 30
    assert list(Provider.objects.values()) == before
    assert listener.connections == 0


def test_row_that_was_changed_behind_our_back_is_checked_when_it_is_called(gateway, listener, port):
    model = services.models.create(by=OPERATOR, provider=gateway, name="m")
    outcomes = []

    for url in FORBIDDEN:
        Provider.objects.filter(pk=gateway.pk).update(endpoint=url.format(port=port))
        gateway.refresh_from_db()
        outcomes.append(services.try_provider(gateway, model, by=OPERATOR)[1].outcome)

    assert set(outcomes) == {Outcome.FORBIDDEN_ENDPOINT}
    assert listener.connections == 0


def test_name_that_means_another_address_when_it_is_called_is_not_called(db, listener, port, settings, monkeypatch):
    """The resolver is the world outside: it answers well when the endpoint is saved, and with loopback afterwards."""
    asked = []

    def resolver(address: str):
        def answer(host, port, **kwargs):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        return answer

    monkeypatch.setattr(socket, "getaddrinfo", resolver("93.184.216.34"))
    row = services.providers.create(
        by=OPERATOR, name="Rebound", type="custom", endpoint=f"http://rebound.example:{port}/v1", api_key="k"
    )
    model = services.models.create(by=OPERATOR, provider=row, name="m")
    services.features.create(by=OPERATOR, feature_name="checklists", primary_provider=row, primary_model=model)
    monkeypatch.setattr(socket, "getaddrinfo", resolver("127.0.0.1"))

    answer = generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin)

    assert (answer.value, answer.source) == (BUILTIN, "builtin")
    assert list(Usage.objects.values_list("outcome", flat=True)) == ["builtin", "forbidden_endpoint"]
    assert asked == ["rebound.example"] * 2, "once when saved, once when called"
    assert listener.connections == 0


def test_name_with_one_address_inside_is_refused_whole(db, monkeypatch):
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: answers)

    with pytest.raises(endpoints.Refused, match=r"10\.0\.0\.1 is not a public address"):
        endpoints.check("https://half.example/v1")


@pytest.mark.django_db
def test_redirect_is_not_followed_and_takes_no_key_along(listener, make_provider):
    away = scripted.status("307 Temporary Redirect", b"", f"Location: {listener.address}/chat/completions")
    with scripted.provider(away) as redirecting:
        row = make_provider("Gateway", redirecting.address)

        _, called = services.try_provider(row, by=OPERATOR)

    assert called.outcome == Outcome.REDIRECTED
    assert listener.connections == 0


@pytest.mark.parametrize("listed", ["127.0.0.1", "127.0.0.1:{port}"])
def test_listed_host_is_called(listed, listener, port, db, settings):
    settings.AI_ALLOWED_HOSTS = [listed.format(port=port)]
    row = services.providers.create(by=OPERATOR, name="Ours", type="custom", endpoint=listener.address)
    model = services.models.create(by=OPERATOR, provider=row, name="m")

    _, called = services.try_provider(row, model, by=OPERATOR)

    assert called.outcome == Outcome.OK
    assert listener.seen[0].headers["host"] == f"127.0.0.1:{port}"


@pytest.mark.django_db
def test_proxy_of_the_environment_is_not_used(listener, make_provider, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    row = make_provider("Gateway", listener.address)

    _, called = services.try_provider(row, by=OPERATOR)

    assert called.outcome == Outcome.OK


def test_certificate_is_checked_against_the_name_and_not_the_address(db, settings, tmp_path, monkeypatch):
    """Connected to the checked address, the handshake still asks for the host of the endpoint."""
    path = scripted.certificate(tmp_path)
    settings.AI_CA_FILE, settings.AI_ALLOWED_HOSTS = str(path), ["127.0.0.1", "other.example"]
    with scripted.provider(tls=scripted.server_side(path)) as provider:
        port = provider.address.rpartition(":")[2]
        resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port.removesuffix("/v1"))))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: resolved)
        outcomes = []
        for host in ("127.0.0.1", "other.example"):
            row = services.providers.create(by=OPERATOR, name=host, type="custom", endpoint=f"https://{host}:{port}")
            model = services.models.create(by=OPERATOR, provider=row, name="m")
            outcomes.append(services.try_provider(row, model, by=OPERATOR)[1].outcome)

    assert outcomes == [Outcome.OK, Outcome.TLS]


@pytest.mark.django_db
def test_host_that_is_listed_no_more_is_passed_over(listener, make_provider, make_feature, settings):
    row = make_provider("Gateway", listener.address)
    make_feature(row)
    settings.AI_ALLOWED_HOSTS = []

    answer = generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin)
    _, called = services.try_provider(row, by=OPERATOR)
    mended = services.providers.update(row, by=OPERATOR, endpoint="https://1.1.1.1/v1", api_key="new")

    assert (answer.source, called.outcome) == ("builtin", Outcome.FORBIDDEN_ENDPOINT)
    assert listener.connections == 0
    assert mended.origin == "https://1.1.1.1:443"
