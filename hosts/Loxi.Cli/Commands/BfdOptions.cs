using System.CommandLine;
using System.Globalization;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;

namespace Loxi.Cli.Commands;

/// <summary>The options of <c>create bfd</c> and <c>set bfd</c>; the first four are loxicmd's.</summary>
internal sealed class BfdOptions(bool isNew)
{
    /// <summary>As in loxicmd.</summary>
    private const string DefaultInstance = "default";
    private const long DefaultInterval = 200_000;
    private const long DefaultRetryCount = 3;
    private const long ShortestInterval = 3_000;

    private readonly Option<string?> _instance = Instance();
    private readonly Option<IPAddress?> _source = OptionFactory.Address("--sourceIP", "Own address to send from. Default: the route to the peer chooses it.", "--source-ip");

    private readonly Option<long?> _interval = OptionFactory.Number(
        "--interval", "microseconds", "Time between packets while the session is up." + (isNew ? " Default: 200000." : ""), ShortestInterval, uint.MaxValue);

    private readonly Option<long?> _retryCount = OptionFactory.Number("--retryCount", "count", "Packets in a row that may be missed." + (isNew ? " Default: 3." : ""), 1, byte.MaxValue, "--retry-count");

    private readonly Option<long?> _minRx = Interval("--min-rx", "Least time between packets of the peer; 0: as --interval.");
    private readonly Option<bool?> _multihop = Switch("--multihop", "Whether the peer may be several hops away. Default: when it is on no connected subnet.");
    private readonly Option<long?> _minTtl = OptionFactory.Number("--min-ttl", "ttl", "Least TTL of the peer's packets; 0: 255 on one hop, 1 over several.", 0, byte.MaxValue);
    private readonly Option<bool?> _passive = Switch("--passive", "Send nothing before the peer is heard.");
    private readonly Option<string?> _interface = Interface();
    private readonly Option<long?> _echo = Interval("--echo", "Least time between echo packets to send; 0: none.");
    private readonly Option<long?> _echoMinRx = Interval("--echo-min-rx", "Least time between echo packets of the peer that are returned; 0: none.");
    private readonly BfdKeyOptions _keys = new();

    public static Option<string?> Instance() => OptionFactory.Text("--instance", "name", "VIP group. Default: default, another name of llb-inst0.");

    public static Option<string?> Interface() => OptionFactory.Text("--interface", "name", "Interface that the session is bound to; a link-local peer needs it.");

    public static string InstanceOf(ParseResult parse, Option<string?> option) => parse.GetValue(option) ?? DefaultInstance;

    public void AddTo(Command command)
    {
        Option[] options = [_instance, .. isNew ? [_source] : Array.Empty<Option>(), _interval, _retryCount, _minRx, .. isNew ? [_multihop] : Array.Empty<Option>(), _minTtl, _passive, _interface, _echo, _echoMinRx];
        foreach (var option in options)
        {
            command.Add(option);
        }

        _keys.AddTo(command);
    }

    /// <summary>Whether there is something to change.</summary>
    public bool AnyIsGiven(ParseResult parse) => _keys.AreGiven(parse) || parse.GetValue(_passive) is not null
        || ((Option<long?>[])[_interval, _retryCount, _minRx, _minTtl, _echo, _echoMinRx]).Any(option => parse.GetValue(option) is not null);

    public BfdArguments Read(ParseResult parse, IPAddress peer, CliEnvironment environment, string command, List<string> problems) => new()
    {
        Instance = InstanceOf(parse, _instance),
        RemoteIP = peer.ToString(),
        SourceIP = isNew ? parse.GetValue(_source)?.ToString() : null,
        Interval = parse.GetValue(_interval) ?? (isNew ? DefaultInterval : null),
        RetryCount = parse.GetValue(_retryCount) ?? (isNew ? DefaultRetryCount : null),
        MinRx = parse.GetValue(_minRx),
        Multihop = isNew ? parse.GetValue(_multihop) : null,
        MinTtl = parse.GetValue(_minTtl),
        Passive = parse.GetValue(_passive),
        Interface = parse.GetValue(_interface),
        Authentication = _keys.Read(parse, environment, command, problems),
        Echo = parse.GetValue(_echo) is null && parse.GetValue(_echoMinRx) is null ? null : new BfdEchoArguments { Interval = parse.GetValue(_echo), MinRx = parse.GetValue(_echoMinRx) },
    };

    private static Option<long?> Interval(string name, string description) => OptionFactory.Single<long?>(
        name,
        "microseconds",
        description,
        $"0, or a whole number from {ShortestInterval} to {uint.MaxValue}",
        static (string text, out long? value) =>
        {
            var found = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is 0 or >= (uint)ShortestInterval;
            value = number;
            return found;
        });

    /// <summary>Yes, no, or not said, which leaves it as it is.</summary>
    private static Option<bool?> Switch(string name, string description) => new(name) { Description = description, HelpName = "true|false", Arity = ArgumentArity.ZeroOrOne };
}
