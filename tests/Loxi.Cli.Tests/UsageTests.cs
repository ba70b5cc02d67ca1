using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>Wrong command lines: exit code 2, the thing, the value and what was expected, and nothing is sent.</summary>
public sealed class UsageTests
{
    private const string Create = "create lb 192.0.2.1 --endpoints=198.51.100.1:1 ";

    [Theory]
    [InlineData("", "expected one of create, get, delete, set, ha, top")]
    [InlineData("gett lb", "unknown command 'gett', expected one of create, get, delete, set, ha, top; did you mean 'get'?")]
    [InlineData("get lbb", "get: unknown command 'lbb', expected one of lb, conntrack, endpoint, pool, bfd, bgpglobal, bgpneighbor, bgpdynamicneighbor, bgproute, bgpdefinedset, bgppolicy, hastate, ha, counters, status, version; did you mean 'lb'?")]
    [InlineData("get conn", "get: unknown command 'conn', expected one of lb, conntrack, endpoint, pool, bfd, bgpglobal, bgpneighbor, bgpdynamicneighbor, bgproute, bgpdefinedset, bgppolicy, hastate, ha, counters, status, version; did you mean 'conntrack'?")]
    [InlineData("get frobnicate", "get: unknown command 'frobnicate', expected one of lb, conntrack, endpoint, pool, bfd, bgpglobal, bgpneighbor, bgpdynamicneighbor, bgproute, bgpdefinedset, bgppolicy, hastate, ha, counters, status, version")]
    [InlineData("create", "create: expected one of lb, endpoint, pool, bfd, bgpglobal, bgpneighbor, bgpdynamicneighbor, bgpdefinedset, bgppolicy, bgppolicyapply")]
    [InlineData("create lb", "create lb: expected EXTERNAL-IP")]
    [InlineData("create lb 192.0.2.1 --tcp=80 --endpoint=198.51.100.1:1", "create lb: unknown option '--endpoint'; did you mean '--endpoints'?")]
    [InlineData("get lb --tiemout 3", "get lb: unknown option '--tiemout'; did you mean '--timeout'?")]
    [InlineData("get lb --nam=web", "get lb: unknown option '--nam'; did you mean '--name'?")]
    [InlineData("get lb 192.0.2.1 192.0.2.2", "get lb: unexpected argument '192.0.2.2'")]
    [InlineData(Create + "--tcp=80:99999", "--tcp '80:99999': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--tcp=0:80", "--tcp '0:80': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--udp=90-80:80", "--udp '90-80:80': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--tcp=80:80:80", "--tcp '80:80:80': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--tcp=+80", "--tcp '+80': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--tcp=80 --select=hsah", "--select 'hsah': expected one of rr, hash, priority, persist, lc, n2, n3, or its number, 0 to 6; did you mean 'hash'?")]
    [InlineData(Create + "--tcp=80 --mode=onarm", "--mode 'onarm': expected one of default, onearm, fullnat, dsr, fullproxy, hostonearm, or its number, 0 to 5; did you mean 'onearm'?")]
    [InlineData(Create + "--tcp=80 --inatimeout=-1", "--inatimeout '-1': expected a whole number from 0 to 2592000")]
    [InlineData(Create + "--tcp=80 --probetype=tpc", "--probetype 'tpc': expected one of tcp, udp, sctp, http, https, ping, none")]
    [InlineData(Create + "--tcp=80 --sources=192.0.2.1/33", "--sources '192.0.2.1/33': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData(Create + "--tcp=80 --sources=192.0.2.1/24", "--sources '192.0.2.1/24': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData(Create + "--tcp=80 --attachEP --detachEP", "create lb: expected --attachEP or --detachEP, not both")]
    [InlineData(Create, "create lb: expected a protocol: --tcp, --udp or --sctp with ports, or --icmp")]
    [InlineData("create lb 192.0.2.256 --tcp=80 --endpoints=198.51.100.1:1", "external-ip '192.0.2.256': expected an IPv4 or IPv6 address")]
    [InlineData("create lb 192.0.2.1 --tcp=80", "create lb: expected --endpoints with ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1")]
    [InlineData("create lb 192.0.2.1 --tcp=80 --endpoints=10.1:1", "--endpoints '10.1:1': expected ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1")]
    [InlineData(Create + "--tcp=80:0", "--tcp '80:0': expected PORT[-LAST]:TARGETPORT with ports from 1 to 65535, e.g. 80:8080; PORT-LAST:0 keeps the port of the client")]
    [InlineData(Create + "--tcp=80 --mode=6", "--mode '6': expected one of default, onearm, fullnat, dsr, fullproxy, hostonearm, or its number, 0 to 5")]
    [InlineData(Create + "--tcp=80 --tunnel=gre", "--tunnel 'gre': expected one of auto, ipip, none")]
    [InlineData(Create + "--tcp=80 --slow-start=3601", "--slow-start '3601': expected a whole number from 0 to 3600")]
    [InlineData(Create + "--tcp=80 --persist-timeout=-1", "--persist-timeout '-1': expected a whole number from 0 to 2592000")]
    [InlineData(Create + "--tcp=80 --private-ip=x", "--private-ip 'x': expected an IPv4 or IPv6 address")]
    [InlineData("create lb 192.0.2.1 --tcp=80 --endpoints=198.51.100.1:1:drained", "--endpoints '198.51.100.1:1:drained': expected ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1")]
    [InlineData(Create + "--tcp=80 --privateip=x", "--privateip 'x': expected an IPv4 or IPv6 address")]
    [InlineData(Create + "--tcp=80 --block=4294967296", "--block '4294967296': expected a whole number from 0 to 4294967295")]
    [InlineData(Create + "--tcp=80 --mark=-1", "--mark '-1': expected a whole number from 0 to 4294967295")]
    [InlineData(Create + "--tcp=80 --inatimeout=2592001", "--inatimeout '2592001': expected a whole number from 0 to 2592000")]
    [InlineData(Create + "--tcp=80 --probetimeout=86401", "--probetimeout '86401': expected a whole number from 0 to 86400")]
    [InlineData(Create + "--tcp=80 --proberetries=1001", "--proberetries '1001': expected a whole number from 0 to 1000")]
    [InlineData(Create + "--tcp=80 --pool=a/b", "--pool 'a/b': expected 1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit")]
    [InlineData(Create + "--tcp=80 --group=-a", "--group '-a': expected 1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit")]
    [InlineData("create lb 192.0.2.1 --tcp=80 --endpoints=198.51.100.1:0", "--endpoints '198.51.100.1:0': expected ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1")]
    [InlineData("create lb 192.0.2.1 --tcp=80 --endpoints=198.51.100.1:65536", "--endpoints '198.51.100.1:65536': expected ADDRESS:WEIGHT[:draining] with a weight from 1 to 65535, e.g. 192.0.2.10:1 or 2001:db8::10:1")]
    [InlineData("create pool east --addresses=192.0.2.1 --group=a/b", "--group 'a/b': expected 1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit")]
    [InlineData("create pool", "create pool: expected NAME")]
    [InlineData("create pool a/b --addresses=192.0.2.1", "name 'a/b': expected 1 to 63 characters of A-Z, a-z, 0-9, '-', '_' and '.', the first a letter or digit")]
    [InlineData("create pool east", "create pool east: expected --addresses with the addresses of the pool")]
    [InlineData("create pool east --addresses=192.0.2.1,x", "--addresses 'x': expected an IPv4 or IPv6 address")]
    [InlineData("set endpoint 192.0.2.1 --port=80", "set endpoint 192.0.2.1: expected --state with one of draining, red, yellow, green")]
    [InlineData("set endpoint 192.0.2.1 --state=red", "set endpoint 192.0.2.1: expected --port with the port of the endpoint")]
    [InlineData("set endpoint 192.0.2.1 --port=80 --state=blue", "--state 'blue': expected one of draining, red, yellow, green")]
    [InlineData("create bfd", "create bfd: expected REMOTE-IP")]
    [InlineData("create bfd node2", "remote-ip 'node2': expected an IPv4 or IPv6 address")]
    [InlineData("create bfd 192.0.2.2 192.0.2.3", "create bfd: unexpected argument '192.0.2.3'")]
    [InlineData("create bfd 192.0.2.2 --retrycount=3", "create bfd: unknown option '--retrycount'; did you mean '--retryCount'?")]
    [InlineData("create bfd 192.0.2.2 --sourceIP=x", "--sourceIP 'x': expected an IPv4 or IPv6 address")]
    [InlineData("create bfd 192.0.2.2 --interval=2999", "--interval '2999': expected a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --interval=4294967296", "--interval '4294967296': expected a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --interval=50ms", "--interval '50ms': expected a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --retryCount=0", "--retryCount '0': expected a whole number from 1 to 255")]
    [InlineData("create bfd 192.0.2.2 --retryCount=256", "--retryCount '256': expected a whole number from 1 to 255")]
    [InlineData("create bfd 192.0.2.2 --min-rx=1", "--min-rx '1': expected 0, or a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --min-rx=-1", "--min-rx '-1': expected 0, or a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --min-ttl=256", "--min-ttl '256': expected a whole number from 0 to 255")]
    [InlineData("create bfd 192.0.2.2 --multihop=maybe", "create bfd: unexpected argument 'maybe'")]
    [InlineData("create bfd 192.0.2.2 --passive=1", "create bfd: unexpected argument '1'")]
    [InlineData("create bfd 192.0.2.2 --echo=2999", "--echo '2999': expected 0, or a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --echo-min-rx=x", "--echo-min-rx 'x': expected 0, or a whole number from 3000 to 4294967295")]
    [InlineData("create bfd 192.0.2.2 --auth-type=crc32", "--auth-type 'crc32': expected one of none, simple, md5, meticulous-md5, sha1, meticulous-sha1")]
    [InlineData("create bfd 192.0.2.2 --auth-type=sha1 --auth-key=geheim", "--auth-key: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes")]
    [InlineData("create bfd 192.0.2.2 --auth-type=sha1 --auth-key=1:", "--auth-key: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes")]
    [InlineData("create bfd 192.0.2.2 --auth-type=sha1 --auth-key=1:123456789012345678901", "--auth-key: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes")]
    [InlineData("create bfd 192.0.2.2 --auth-active-key=256", "--auth-active-key '256': expected a whole number from 0 to 255")]
    [InlineData("create bfd 192.0.2.2 --auth-key=1:a", "create bfd 192.0.2.2: expected --auth-type with one of none, simple, md5, meticulous-md5, sha1, meticulous-sha1")]
    [InlineData("set bfd 192.0.2.2", "set bfd 192.0.2.2: expected something to change: --interval, --retryCount, --min-rx, --min-ttl, --passive, --echo, --echo-min-rx or --auth-type")]
    [InlineData("set bfd 192.0.2.2 --interval=0", "--interval '0': expected a whole number from 3000 to 4294967295")]
    [InlineData("set bfd 192.0.2.2 --sourceIP=192.0.2.1", "set bfd: unknown option '--sourceIP'")]
    [InlineData("set bfd 192.0.2.2 --multihop", "set bfd: unknown option '--multihop'")]
    [InlineData("delete bfd", "delete bfd: expected REMOTE-IP")]
    [InlineData("delete bfd x", "remote-ip 'x': expected an IPv4 or IPv6 address")]
    [InlineData("get bfd x", "remote-ip 'x': expected an IPv4 or IPv6 address")]
    [InlineData("get bfd -w --interval=0", "--interval '0': expected seconds, at least 0.1 and at most 3600")]
    [InlineData("delete lb", "delete lb: expected exactly one of: EXTERNAL-IP with --tcp, --udp, --sctp or --icmp; --name; --all")]
    [InlineData("delete lb --all --name x", "delete lb: expected exactly one of: EXTERNAL-IP with --tcp, --udp, --sctp or --icmp; --name; --all")]
    [InlineData("delete lb 192.0.2.1", "delete lb 192.0.2.1: expected --tcp, --udp or --sctp with a port, or --icmp")]
    [InlineData("delete lb --tcp=80", "delete lb: expected EXTERNAL-IP before the protocol and port")]
    [InlineData("delete lb 192.0.2.1 --tcp=80:8080", "--tcp '80:8080': expected PORT or PORT-LAST with ports from 1 to 65535, e.g. 80")]
    [InlineData("delete conntrack", "delete conntrack: expected --all, or at least one of --vip, --port, --client, --endpoint, --protocol, --service, --state")]
    [InlineData("get conntrack --client=10/8", "--client '10/8': expected an address or a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData("get conntrack --protocol=TCP", "--protocol 'TCP': expected one of tcp, udp, sctp, icmp")]
    [InlineData("get conntrack --limit=0", "--limit '0': expected a whole number from 1 to 1000000")]
    [InlineData("get lb -o xml", "--output 'xml': expected one of table, wide, json, yaml; did you mean 'yaml'?")]
    [InlineData("get lb --timeout=0", "--timeout '0': expected seconds, more than 0 and at most 3600")]
    [InlineData("get lb --timeout=1e9", "--timeout '1e9': expected seconds, more than 0 and at most 3600")]
    [InlineData("top --interval=0.01", "--interval '0.01': expected seconds, at least 0.1 and at most 3600")]
    [InlineData("get lb --api 127.0.0.1:11111", "--api '127.0.0.1:11111': expected a URL such as http://127.0.0.1:11111")]
    [InlineData("get lb --api http://a:b@127.0.0.1", "--api: expected a URL such as http://127.0.0.1:11111 without a user name and a password; a token is given with --token or LOXI_TOKEN")]
    [InlineData("get lb --token geheim\u00e4", "--token: expected printable ASCII characters, found others")]
    public async Task WrongLine_IsRefusedHere(string line, string expected)
    {
        var node = new FakeNode();

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Split('\n')[0].Should().Be("loxictl: " + expected);
        outcome.Code.Should().Be(ExitCode.Usage);
        outcome.Output.Should().BeEmpty();
        node.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task SeveralMistakes_AreReportedAtOnce()
    {
        var outcome = await Cli.RunAsync(new FakeNode(), "create lb 192.0.2.300 --tcp=80:x,70000 --endpoints=192.0.2.7 --mode=nat");

        outcome.Error.Should().ContainAll("external-ip '192.0.2.300'", "--tcp '80:x'", "--tcp '70000'", "--endpoints '192.0.2.7'", "--mode 'nat'", "see: loxictl create lb --help");
    }

    [Fact]
    public async Task BadAddressInVariable_NamesTheVariable()
    {
        var outcome = await Cli.RunAsync(new FakeNode(), "get lb", ("LOXI_API", "ftp://192.0.2.1"));

        outcome.Error.Should().Be("loxictl: LOXI_API 'ftp://192.0.2.1': expected a URL such as http://127.0.0.1:11111\n");
        outcome.Code.Should().Be(ExitCode.Usage);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("create lb --help")]
    [InlineData("top -h")]
    public async Task Help_DocumentsExitCodes(string line)
    {
        var outcome = await Cli.RunAsync(new FakeNode(), line);

        outcome.Output.Should().ContainAll("Usage:", "Exit codes:", "1  the node refused", "LOXI_API");
        outcome.Error.Should().BeEmpty();
        outcome.Code.Should().Be(ExitCode.Success);
    }
}
