using System.CommandLine;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;

namespace Loxi.Cli.Commands;

/// <summary>The options of <c>create bgpneighbor</c> and <c>set bgpneighbor</c>; the first two are loxicmd's.</summary>
internal sealed class BgpOptions
{
    private static readonly string[] Roles = ["provider", "route-server", "route-server-client", "customer", "peer", "none"];
    private static readonly string[] Decisions = ["accept", "reject", "auto"];
    private static readonly string[] BfdModes = ["off", "follow", "strict", "strict-local"];

    private readonly Option<long?> _remotePort = OptionFactory.Number("--remotePort", "port", "TCP port of the peer. Default: 179.", 1, ushort.MaxValue, "--remote-port");
    private readonly Option<bool?> _multihop = Switch("--setMultiHtop", "Whether an eBGP peer may be several hops away (TTL 8).", "--multihop");
    private readonly Option<long?> _ttl = OptionFactory.Number("--ttl", "ttl", "TTL of packets to an eBGP peer; 1: a peer on the link.", 1, 255);
    private readonly Option<long?> _gtsm = OptionFactory.Number("--gtsm-hops", "hops", "How many hops away the peer may be at most (GTSM); 0: not checked.", 0, 254);
    private readonly Option<string?> _description = OptionFactory.Text("--description", "text", "Free text.");
    private readonly Option<IPAddress?> _source = OptionFactory.Address("--source-ip", "Own address of the connection.");
    private readonly Option<string?> _interface = Interface();
    private readonly Option<bool?> _advertisements = Switch("--router-advertisements", "Send router advertisements on the interface, for a peer that finds its neighbour by them.");
    private readonly Option<long?> _localAs = OptionFactory.Number("--local-as", "as", "The AS that the node is for this peer; 0: the speaker's.", 0, uint.MaxValue);
    private readonly Option<string[]> _families = OptionFactory.List("--family", "ipv4,ipv6", "What is carried. Default: both.", "ipv4 or ipv6", static (string text, out string value) => (value = text) is "ipv4" or "ipv6");
    private readonly Option<bool?> _passive = Switch("--passive", "Wait for the peer to connect.");
    private readonly Option<string?> _password = OptionFactory.Text("--password", "text", "Key of TCP MD5, empty for none. Other users of the machine see it in the list of processes, and not what is in --password-file.");
    private readonly Option<string?> _passwordFile = OptionFactory.Text("--password-file", "path", "A file with the key on its first line.");
    private readonly Option<long?> _aoId = OptionFactory.Number("--tcp-ao-key-id", "id", "SendID and RecvID of the key of TCP-AO. Default: 0.", 0, 255);
    private readonly Option<string?> _aoSecret = OptionFactory.Text("--tcp-ao-secret", "text", "Key of TCP-AO, empty for none. Other users of the machine see it in the list of processes, and not what is in --tcp-ao-secret-file.");
    private readonly Option<string?> _aoFile = OptionFactory.Text("--tcp-ao-secret-file", "path", "A file with the key on its first line.");
    private readonly Option<string?> _aoAlgorithm = OneOf("--tcp-ao-algorithm", "How TCP-AO signs. Default: hmac-sha-1-96.", ["hmac-sha-1-96", "aes-128-cmac-96"]);
    private readonly Option<long?> _hold = OptionFactory.Number("--hold-time", "seconds", "Hold time: 0, or 3 and more. Default: 90.", 0, ushort.MaxValue);
    private readonly Option<long?> _keepalive = OptionFactory.Number("--keepalive", "seconds", "Seconds between KEEPALIVEs at most; 0: a third of the hold time.", 0, ushort.MaxValue);
    private readonly Option<long?> _retry = OptionFactory.Number("--connect-retry", "milliseconds", "First ConnectRetry time. Default: 1000.", 100, 300_000);
    private readonly Option<bool?> _graceful = Switch("--graceful-restart", "Offer graceful restart.");
    private readonly Option<long?> _stale = OptionFactory.Number("--long-lived-stale-time", "seconds", "Long-lived graceful restart; 0: not offered.", 0, 16_777_215);
    private readonly Option<bool?> _addPathIn = Switch("--add-path-receive", "Take several paths of a prefix.");
    private readonly Option<long?> _addPathOut = OptionFactory.Number("--add-path-send", "count", "Most paths of a prefix to send. Default: 1.", 1, 64);
    private readonly Option<string?> _role = OneOf("--role", "What the node is for the peer (RFC 9234); none takes it away.", Roles);
    private readonly Option<bool?> _roleStrict = Switch("--role-strict", "Refuse a peer without a role.");
    private readonly Option<bool?> _firstAs = Switch("--enforce-first-as", "Routes must begin with the peer's AS. Default: true.");
    private readonly Option<long?> _ownAs = OptionFactory.Number("--allow-own-as", "count", "How often the own AS may be in a path. Default: 0.", 0, 10);
    private readonly Option<bool?> _nextHop6 = Switch("--ipv6-next-hop", "IPv4 prefixes may have IPv6 next hops.");
    private readonly Option<long?> _prefixLimit = OptionFactory.Number("--prefix-limit", "count", "Most prefixes of a family; 0: no limit.", 0, 10_000_000);
    private readonly Option<long?> _prefixRestart = OptionFactory.Number("--prefix-limit-restart", "seconds", "After which time a session over the limit is tried again; 0: by hand.", 0, 86_400);
    private readonly Option<bool?> _nextHopSelf = Switch("--next-hop-self", "The node is the next hop of all routes.");
    private readonly Option<bool?> _cluster = Switch("--cluster-member", "The peer is a node of the own cluster.");
    private readonly Option<string?> _importDefault = OneOf("--import-default", "What becomes of routes that no import policy decides on.", Decisions);
    private readonly Option<string?> _exportDefault = OneOf("--export-default", "What becomes of learned routes that no export policy decides on.", Decisions);
    private readonly Option<string?> _bfd = OneOf("--bfd", "Whether the session follows BFD with the peer.", BfdModes);

    public static Option<string?> Interface() => OptionFactory.Text("--interface", "name", "Interface that the connection is bound to; a link-local peer needs it.");

    public string? InterfaceOf(ParseResult parse) => parse.GetValue(_interface);

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Whether there is something to change: the interface alone says which peer is meant.</summary>
    public bool AnyIsGiven(ParseResult parse) => All.Any(option => option != _interface && parse.GetResult(option) is { Implicit: false });

    public BgpNeighborArguments Read(ParseResult parse, IPAddress peer, CliEnvironment environment, List<string> problems) => new()
    {
        IPAddress = peer.ToString(),
        RemotePort = parse.GetValue(_remotePort),
        SetMultiHop = parse.GetValue(_multihop),
        MultihopTtl = parse.GetValue(_ttl),
        GtsmHops = parse.GetValue(_gtsm),
        Description = parse.GetValue(_description),
        LocalAddress = parse.GetValue(_source)?.ToString(),
        Interface = parse.GetValue(_interface),
        RouterAdvertisements = parse.GetValue(_advertisements),
        LocalAs = parse.GetValue(_localAs),
        Families = parse.GetValue(_families) is { Length: > 0 } families ? families : null,
        Passive = parse.GetValue(_passive),
        Password = ReadSecret(parse, _password, _passwordFile, environment, problems),
        TcpAo = ReadTcpAo(parse, environment, problems),
        HoldTime = parse.GetValue(_hold),
        Keepalive = parse.GetValue(_keepalive),
        ConnectRetry = parse.GetValue(_retry),
        GracefulRestart = parse.GetValue(_graceful),
        LongLivedStaleTime = parse.GetValue(_stale),
        AddPathReceive = parse.GetValue(_addPathIn),
        AddPathSend = parse.GetValue(_addPathOut),
        Role = parse.GetValue(_role),
        RoleStrict = parse.GetValue(_roleStrict),
        EnforceFirstAs = parse.GetValue(_firstAs),
        AllowOwnAs = parse.GetValue(_ownAs),
        Ipv4OverIpv6NextHop = parse.GetValue(_nextHop6),
        PrefixLimit = parse.GetValue(_prefixLimit),
        PrefixLimitRestart = parse.GetValue(_prefixRestart),
        NextHopSelf = parse.GetValue(_nextHopSelf),
        ClusterMember = parse.GetValue(_cluster),
        ImportDefault = parse.GetValue(_importDefault),
        ExportDefault = parse.GetValue(_exportDefault),
        Bfd = parse.GetValue(_bfd),
    };

    private Option[] All =>
    [
        _remotePort, _multihop, _ttl, _gtsm, _description, _source, _interface, _advertisements, _localAs, _families, _passive, _password, _passwordFile, _aoId, _aoSecret, _aoFile, _aoAlgorithm, _hold, _keepalive, _retry, _graceful, _stale, _addPathIn, _addPathOut,
        _role, _roleStrict, _firstAs, _ownAs, _nextHop6, _prefixLimit, _prefixRestart, _nextHopSelf, _cluster, _importDefault, _exportDefault, _bfd,
    ];

    private BgpTcpAoArguments? ReadTcpAo(ParseResult parse, CliEnvironment environment, List<string> problems)
    {
        var key = new BgpTcpAoArguments { KeyId = parse.GetValue(_aoId), Secret = ReadSecret(parse, _aoSecret, _aoFile, environment, problems), Algorithm = parse.GetValue(_aoAlgorithm) };
        return key == new BgpTcpAoArguments() ? null : key;
    }

    private static string? ReadSecret(ParseResult parse, Option<string?> text, Option<string?> file, CliEnvironment environment, List<string> problems)
    {
        var secret = parse.GetValue(text);
        if (parse.GetValue(file) is not { } path)
        {
            return secret;
        }

        if (secret is not null)
        {
            problems.Add($"{file.Name}: expected it without {text.Name}");
        }

        try
        {
            return environment.ReadFile(path).Split('\n')[0].TrimEnd('\r');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"{file.Name} '{path}': expected a file that can be read ({e.Message})");
            return null;
        }
    }

    private static Option<string?> OneOf(string name, string description, string[] words) => OptionFactory.Single<string?>(
        name, string.Join('|', words), description, "one of " + string.Join(", ", words), (string text, out string? value) => words.Contains(value = text));

    /// <summary>Yes, no, or not said, which leaves it as it is.</summary>
    private static Option<bool?> Switch(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = "true|false", Arity = ArgumentArity.ZeroOrOne };
}
