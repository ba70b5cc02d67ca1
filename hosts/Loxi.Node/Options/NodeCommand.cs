using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Ha.Transport;
using Loxi.Node.Bgp;

namespace Loxi.Node.Options;

/// <summary>The command line of <c>loxid</c>. A value that cannot be used is an error that names flag, value and what was expected; exit code 2.</summary>
internal sealed class NodeCommand
{
    /// <summary>The exit code of a command line that cannot be used.</summary>
    public const int UsageExitCode = 2;

    private const int MostNodes = 64;
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private readonly Option<string?> _host = Text("--host", "ADDRESS", "Address of the REST API (default: loopback, or every address with --api-allow)");
    private readonly Option<string?> _port = Text("--port", "PORT", "Port of the REST API (default: 11111)");
    private readonly Option<string?> _apiAllow = Text("--api-allow", "CIDR[,CIDR...]", "Sources beside loopback that may use the REST API in plain text");
    private readonly Option<string?> _hook = Text("--hook", "MODE[,IFNAME=MODE...]", "Where to attach: auto, xdp or tc (default: auto)");
    private readonly Option<string?> _whitelist = Text("--whitelist", "REGEX", "Use only the interfaces whose name matches (default: none)");
    private readonly Option<string?> _blacklist = Text("--blacklist", "REGEX", "Do not use the interfaces whose name matches (default: none)");
    private readonly Option<bool> _egressHooks = new("--egr-hooks") { Description = "Balance what leaves through the interfaces too: for clients and endpoints on the node itself, in its pods too" };
    private readonly Option<string?> _self = Text("--self", "NUMBER", "Number of this node among those that share addresses, below --port-slices; with --ka the two nodes agree on who serves (default: 0)");
    private readonly Option<string?> _portSlices = Text("--port-slices", "NUMBER", "Slices that the source ports are divided into, one for each node, equal on all of them, 1 to 1024 (default: 1, with other nodes 2)");
    private readonly Option<string?> _instance = Text("--instance", "NAME", "Name of the instance, a-z 0-9 and -, at most 32 characters (default: default)");
    private readonly Option<string?> _stateDirectory = Text("--state-dir", "PATH", "Directory of the services file (default: /var/lib/loxi/INSTANCE)");
    private readonly Option<string?> _pinDirectory = Text("--pin-dir", "PATH", "Directory of pinned objects on a bpffs (default: /sys/fs/bpf/loxi/INSTANCE)");
    private readonly Option<bool> _noSysctl = new("--no-sysctl") { Description = "Check the sysctls that forwarding needs instead of setting them" };
    private readonly Option<string?> _purge = Text("--purge", "on-exit|now", "Remove everything that the instance put on the machine: on-exit when the node stops (without a value too), now without starting it");
    private readonly Option<string?> _hashSeed = Text("--hash-seed", "SEED", "Seed of the hash selection, equal on nodes that shall choose alike: a number or 0x and up to 16 hexadecimal digits");
    private readonly Option<string?> _maxConnections = Text("--max-connections", "NUMBER", "Connections that the table holds, 1024 to 67108864");
    private readonly Option<string?> _keepAlive = Text(KeepAliveFlag.Name, "PEER[:SELF[:MICROSECONDS]]", "Watch another node by BFD, IPv6 addresses in brackets; SELF 0.0.0.0 is the address that the route chooses (default: none; 100000 microseconds, 3 packets)");
    private readonly Option<string?> _bfdPriority = Text("--bfd-priority", "PRIORITY", "Real-time priority of BFD, 1 to 99; 0 for the ordinary scheduling class (default: 0)");
    private readonly Option<string?> _cluster = Text(ClusterFlag.Name, "[NUMBER@]ADDRESS[,...]", "The other nodes that share addresses with this one: they agree on who serves (default: none)");
    private readonly Option<string?> _haInterval = Text("--ha-interval", "MILLISECONDS", "Time between HELLOs to the other nodes, equal on all of them, 10 to 10000 (default: 100)");
    private readonly Option<string?> _haMultiplier = Text("--ha-multiplier", "NUMBER", "HELLOs in a row that may be missed, equal on all nodes, 2 to 50 (default: 3)");
    private readonly Option<string?> _haKeys = Text("--ha-keys", "PATH", "File with the keys of HELLO: a number and hexadecimal digits in each line, access for its owner only (default: none)");
    private readonly Option<string?> _haAuth = Text("--ha-auth", "MODE", "bootstrap, receive-only, permissive, enforce, or required: enforce, and no start without keys (default: enforce with --ha-keys, else bootstrap)");
    private readonly Option<string?> _haPriority = Text("--ha-priority", "PRIORITY", "Real-time priority of HELLO and of announcements, 1 to 99; 0 for the ordinary scheduling class (default: 0)");
    private readonly Option<string?> _haGateways = Text("--ha-gateways", "auto|none|ADDRESS[,ADDRESS...]", "Gateways that are asked whether they are there: a node that loses one gives its roles to a healthier one (default: auto, the next hops of routes on the interfaces of VIPs)");
    private readonly Option<string?> _haSync = Text(SyncFlag.Name, "[NUMBER@]PIN[,...]|pair", "Keep connections like those of the other nodes, which are known by these pins, or by those that loxictl ha pair exchanges: who takes over goes on with them (default: none)");
    private readonly Option<string?> _haDrain = Text("--ha-drain", "MILLISECONDS", "Time that a stopping node goes on to hand what comes to it to the node that took its roles, 0 to 20000; it ends a second after the last packet (default: 10000)");
    private readonly Option<bool> _haSyncPin = new("--ha-sync-pin") { Description = "Print the pin of this node for --ha-sync of the others, and end" };
    private readonly Option<bool> _bgp = new("--bgp") { Description = "Speak BGP: /netlox/v1/config/bgp says with whom, and services with bgp are announced" };
    private readonly Option<string?> _bgpListen = Text("--bgp-listen", "ADDRESS[,ADDRESS...]", "Own addresses to listen on for BGP, where REST says none (default: all)");
    private readonly Option<string?> _bgpPort = Text("--bgp-port", "PORT", "Port to listen on for BGP, where REST says none (default: 179)");
    private readonly Option<string?> _bgpRouterId = Text("--bgp-router-id", "ADDRESS", "BGP identifier, where REST says none (default: the greatest IPv4 address of the host)");
    private readonly Option<string?> _bgpDrain = Text("--bgp-drain", "MILLISECONDS", "Time that routers have to look for other ways before the node stops, 0 to 20000 (default: 1000)");
    private readonly Option<string?> _bgpStop = Text("--bgp-stop", "leave|restart", "What routers are told when the node stops: that it leaves, or with restart nothing where graceful restart is negotiated, for an upgrade over which the data plane serves on (default: leave)");
    private readonly Option<bool> _bgpInstallRoutes = new("--bgp-install-routes") { Description = "Put routes that BGP learns into the kernel's main table, as protocol 76" };
    private readonly Option<bool> _bgpUnhealthy = new("--bgp-announce-unhealthy") { Description = "Announce addresses of services without a healthy endpoint too" };
    private readonly Option<string?> _logLevel = Text("--log-level", "LEVEL", "trace, debug, info, warning, error or critical (default: info)");

    private NodeCommand()
    {
        _purge.Arity = ArgumentArity.ZeroOrOne;
        _logLevel.Aliases.Add("--loglevel");
        _keepAlive.Aliases.Add("-k");
        _bgp.Aliases.Add("-b");
        Root = new RootCommand("loxid, the Loxi load-balancer node")
        {
            _host, _port, _apiAllow, _hook, _whitelist, _blacklist, _egressHooks, _self, _portSlices, _instance, _stateDirectory, _pinDirectory, _noSysctl, _purge, _hashSeed, _maxConnections, _keepAlive, _bfdPriority,
            _cluster, _haInterval, _haMultiplier, _haKeys, _haAuth, _haPriority, _haGateways, _haSync, _haSyncPin, _haDrain,
            _bgp, _bgpListen, _bgpPort, _bgpRouterId, _bgpDrain, _bgpStop, _bgpInstallRoutes, _bgpUnhealthy, _logLevel,
        };
    }

    private RootCommand Root { get; }

    /// <summary>Reads the command line and runs the node, or shows help, the version or every error.</summary>
    public static async Task<int> RunAsync(string[] arguments, Func<NodeOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        var command = new NodeCommand();
        var parsed = command.Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var problems = new List<Problem>();
        var options = command.Read(parsed, problems);
        if (parsed.Errors.Count == 0 && problems.Count == 0)
        {
            command.Root.SetAction((_, cancellationToken) => run(options, cancellationToken));
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }

        foreach (var message in parsed.Errors.Select(static e => e.Message).Concat(problems.Select(static p => p.ToString())))
        {
            await error.WriteLineAsync($"loxid: {message}");
        }

        await error.WriteLineAsync("loxid: --help lists the flags");
        return UsageExitCode;
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private NodeOptions Read(ParseResult parsed, List<Problem> problems)
    {
        var reader = new FlagReader(parsed, problems);
        var instance = reader.Read(_instance, NodeOptions.DefaultInstance, FlagValues.TryInstance, FlagValues.InstanceExpected);
        var purge = parsed.GetResult(_purge) is null ? PurgeMode.Never
            : reader.Text(_purge) is null ? PurgeMode.OnExit
            : reader.Read(_purge, PurgeMode.Never, FlagValues.TryPurge, "on-exit or now");
        var keepAlive = reader.Text(_keepAlive) is { } text ? KeepAliveFlag.Read(text, problems) : null;
        // BFD alone does not say which of the nodes this is.
        var isNumbered = reader.Text(_self) is not null;
        var hasPeers = reader.Text(_cluster) is not (null or "none") || (keepAlive is not null && isNumbered);
        var slice = ReadPortSlice(reader, hasPeers ? 2 : PortSlice.Whole.Count, problems);
        return new NodeOptions
        {
            Host = reader.Read<IPAddress?>(_host, null, FlagValues.TryAddress, "an IPv4 or IPv6 address"),
            Port = reader.Read(_port, NodeOptions.DefaultPort, FlagValues.TryPort, "1 to 65535"),
            ApiAllow = reader.Read<ImmutableArray<IPNetwork>>(_apiAllow, [], FlagValues.TryPrefixes, "CIDR[,CIDR...] such as 192.0.2.0/24, without bits beyond the length"),
            Hook = ReadHook(reader, problems),
            Interfaces = new InterfaceFilter(ReadExpression(reader, _whitelist, problems), ReadExpression(reader, _blacklist, problems)),
            EgressHooks = parsed.GetValue(_egressHooks),
            PortSlice = slice,
            Ha = ReadHa(reader, hasPeers, isNumbered, isNumbered ? keepAlive : null, slice, problems),
            Instance = instance,
            StateDirectory = reader.Read(_stateDirectory, $"/var/lib/loxi/{instance}", FlagValues.TryDirectory, "a path"),
            PinDirectory = reader.Read(_pinDirectory, $"/sys/fs/bpf/loxi/{instance}", FlagValues.TryDirectory, "a path"),
            NoSysctl = parsed.GetValue(_noSysctl),
            Purge = purge,
            HashSeed = reader.Read<ulong?>(_hashSeed, null, FlagValues.TrySeed, "a number from 0 to 18446744073709551615, or 0x and up to 16 hexadecimal digits"),
            MaxConnections = reader.Read<int?>(_maxConnections, null, FlagValues.TryMaxConnections, "1024 to 67108864"),
            KeepAlive = keepAlive,
            BfdPriority = reader.Read(_bfdPriority, 0, FlagValues.TryBfdPriority, "0 to 99"),
            ShowPin = parsed.GetValue(_haSyncPin),
            Bgp = parsed.GetValue(_bgp),
            BgpInstallRoutes = parsed.GetValue(_bgpInstallRoutes),
            BgpDefaults = new BgpDefaults
            {
                ListenAddresses = reader.Read<ImmutableArray<IPAddress>>(_bgpListen, [], FlagValues.TryAddresses, "IPv4 and IPv6 addresses, separated by commas"),
                ListenPort = reader.Read(_bgpPort, new BgpDefaults().ListenPort, FlagValues.TryPort, "1 to 65535"),
                RouterId = reader.Read<IPAddress?>(_bgpRouterId, null, FlagValues.TryRouterId, "an IPv4 address that is not 0.0.0.0"),
            },
            BgpDrain = reader.Read(_bgpDrain, NodeOptions.DefaultBgpDrain, FlagValues.TryDrain, "0 to 20000"),
            BgpStop = ReadBgpStop(reader, purge, problems),
            Announcements = new AnnouncementOptions { Unhealthy = parsed.GetValue(_bgpUnhealthy) },
            LogLevel = reader.Read(_logLevel, Microsoft.Extensions.Logging.LogLevel.Information, LogLevelNames.TryParse, LogLevelNames.Expected),
        };
    }

    private BgpStopMode ReadBgpStop(FlagReader reader, PurgeMode purge, List<Problem> problems)
    {
        var mode = reader.Read(_bgpStop, BgpStopMode.Leave, FlagValues.TryBgpStop, "leave or restart");
        if (mode == BgpStopMode.Restart && purge == PurgeMode.OnExit)
        {
            // Routers would go on sending to a node without a data plane.
            problems.Add(Problem.Of(_bgpStop.Name, "restart", $"leave, with {_purge.Name} on-exit"));
        }

        return mode;
    }

    private HaOptions ReadHa(FlagReader reader, bool hasPeers, bool isNumbered, KeepAlive? keepAlive, PortSlice slice, List<Problem> problems)
    {
        var (mode, isRequired) = reader.Read<(HelloAuthenticationMode? Mode, bool Required)>(
            _haAuth, (null, false), FlagValues.TryHaAuthentication, "bootstrap, receive-only, permissive, enforce or required");
        var keys = reader.Read<string?>(_haKeys, null, FlagValues.TryDirectory!, "a path");
        // Stored keys are enough for required: that is looked at when the node starts.
        if (keys is null && !isRequired && mode is not (null or HelloAuthenticationMode.Bootstrap))
        {
            problems.Add(Problem.Of(_haAuth.Name, reader.Text(_haAuth), $"bootstrap, or keys by {_haKeys.Name}"));
        }

        if (keys is not null && mode == HelloAuthenticationMode.Bootstrap)
        {
            problems.Add(Problem.Of(_haAuth.Name, reader.Text(_haAuth), $"another mode with {_haKeys.Name}"));
        }

        if (hasPeers && !isNumbered)
        {
            problems.Add(Problem.Of(_self.Name, "none", $"the number of this node with {ClusterFlag.Name}, another one on each node"));
        }

        if (hasPeers && slice.Count > MostNodes)
        {
            problems.Add(Problem.Of(_portSlices.Name, slice.Count, $"at most {MostNodes} with other nodes"));
        }

        var peers = hasPeers ? ClusterFlag.Read(reader.Text(_cluster), keepAlive, slice.Index, slice.Count, problems) : [];
        return new HaOptions
        {
            Peers = peers,
            PairsSync = SyncFlag.ReadPair(reader.Text(_haSync), peers, problems),
            SyncPeers = SyncFlag.Read(reader.Text(_haSync), peers, problems),
            Interval = reader.Read(_haInterval, HaOptions.DefaultInterval, FlagValues.TryHaInterval, "10 to 10000"),
            Multiplier = reader.Read(_haMultiplier, HaOptions.DefaultMultiplier, FlagValues.TryHaMultiplier, "2 to 50"),
            KeyFile = keys,
            Mode = mode,
            Required = isRequired,
            Drain = reader.Read(_haDrain, HaOptions.DefaultDrain, FlagValues.TryDrain, "0 to 20000"),
            Priority = reader.Read(_haPriority, 0, FlagValues.TryBfdPriority, "0 to 99"),
            Gateways = reader.Read(_haGateways, GatewayChoice.Automatic, GatewayChoice.TryParse, $"auto, none, or at most {Ha.GatewayPlan.Most} unicast addresses, separated by commas"),
        };
    }

    private PortSlice ReadPortSlice(FlagReader reader, int defaultSlices, List<Problem> problems)
    {
        var before = problems.Count;
        var slices = reader.Read(_portSlices, defaultSlices, FlagValues.TryPortSlices, $"1 to {PortSlice.MaxCount}");
        var self = reader.Read(_self, PortSlice.Whole.Index, FlagValues.TrySelf, $"0 to {ushort.MaxValue}");
        var slice = new PortSlice(self, slices);
        if (problems.Count == before && !slice.IsValid)
        {
            problems.Add(Problem.Of(_self.Name, self, $"a number below {_portSlices.Name}, which is {slices}"));
        }

        return slice.IsValid ? slice : PortSlice.Whole;
    }

    private HookSelection ReadHook(FlagReader reader, List<Problem> problems)
    {
        if (reader.Text(_hook) is not { } text)
        {
            return HookSelection.Auto;
        }

        if (!HookSelection.TryParse(text, out var selection, out var problem))
        {
            problems.Add(problem);
        }

        return selection ?? HookSelection.Auto;
    }

    private static Regex? ReadExpression(FlagReader reader, Option<string?> option, List<Problem> problems)
    {
        var text = reader.Text(option);
        if (text is null or "none")
        {
            return null;
        }

        try
        {
            // Without backtracking, as Go's expressions: linear in the length of the name.
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problems.Add(Problem.Of(option.Name, text, $"a regular expression without lookaround and backreferences, or none ({e.Message})"));
            return null;
        }
    }
}
