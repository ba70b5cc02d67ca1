using System.CommandLine;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>create|get|delete bgpglobal</c>: who the speaker is.</summary>
internal sealed class BgpGlobalCommands
{
    private const string Name = "bgpglobal";

    private readonly Argument<long?> _as = BgpArguments.As("local-as", "The own AS.", ArgumentArity.ExactlyOne);
    private readonly Option<IPAddress?> _routerId = OptionFactory.Address("--router-id", "BGP identifier. Default: as it is, else an address of the node.", "--routerId");
    private readonly Option<long?> _port = OptionFactory.Number("--listen-port", "port", "TCP port to listen on. Default: 179, or what the node's flag says.", 1, ushort.MaxValue, "--listenPort");
    private readonly Option<IPAddress[]> _addresses = OptionFactory.List<IPAddress>("--listen", "address,...", "Own addresses to listen on. Default: all, or what the node's flag says.", "an IPv4 or IPv6 address", ReadAddress);
    private readonly Option<bool> _nextHopSelf = OptionFactory.Flag("--set-next-hop-self", "The node is the next hop of all routes to peers.", "--setNextHopSelf");
    private readonly Option<bool> _passive = OptionFactory.Flag("--no-listen", "Listen nowhere: every peer is connected to.");
    private readonly Option<long?> _restart = OptionFactory.Number("--restart-time", "seconds", "Restart time told to peers with graceful restart. Default: 120.", 1, 4_095);
    private readonly Option<long?> _paths = OptionFactory.Number("--maximum-paths", "count", "Most paths of a prefix that share its traffic. Default: 8.", 1, 64);

    public static Command Create(CommandRunner runner)
    {
        var self = new BgpGlobalCommands();
        var command = new Command(Name, "Say who the BGP speaker is; peers that are configured come up.")
        {
            self._as, self._routerId, self._port, self._addresses, self._nextHopSelf, self._passive, self._restart, self._paths,
        };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            await session.Client.PutBgpGlobalAsync(self.Read(parse), cancellationToken);
            await runner.Environment.Output.WriteLineAsync($"{Name} created");
        });
        return command;
    }

    public static Command Get(CommandRunner runner)
    {
        var command = new Command(Name, "Show who the BGP speaker is.");
        new OutputOptions().Attach(command, runner, static async (session, _, view, cancellationToken) =>
        {
            var global = await session.Client.GetBgpGlobalAsync(cancellationToken) ?? throw new CliException(ExitCode.NotFound, "no BGP speaker is configured: create bgpglobal AS");
            if (!view.TryWriteDocument())
            {
                var table = view.Screen.Table("LOCAL AS#", "ROUTER ID", "PORT#", "LISTEN", "NEXT HOP SELF", "RESTART#", "PATHS#");
                Screen.AddRow(
                    table,
                    [global.LocalAs, global.RouterId, global.Passive == true ? 0 : global.ListenPort, global.Passive == true ? "no" : string.Join(',', global.ListenAddresses ?? ["all"]), global.SetNextHopSelf ?? false, global.RestartTime, global.MaximumPaths]);
                view.Screen.Write(table);
            }
        });
        return command;
    }

    public static Command Delete(CommandRunner runner)
    {
        var command = new Command(Name, "End the BGP speaker: every session is closed. Peers and policies stay configured.");
        runner.Attach(command, async (session, _, cancellationToken) =>
        {
            if (!await session.Client.DeleteBgpGlobalAsync(cancellationToken))
            {
                throw new CliException(ExitCode.NotFound, "no BGP speaker is configured");
            }

            await runner.Environment.Output.WriteLineAsync($"{Name} deleted");
        });
        return command;
    }

    private BgpGlobalArguments Read(ParseResult parse) => new()
    {
        LocalAs = parse.GetRequiredValue(_as),
        RouterId = parse.GetValue(_routerId)?.ToString(),
        SetNextHopSelf = parse.GetValue(_nextHopSelf) ? true : null,
        ListenPort = parse.GetValue(_port),
        ListenAddresses = parse.GetValue(_addresses) is { Length: > 0 } addresses ? [.. addresses.Select(static a => a.ToString())] : null,
        Passive = parse.GetResult(_passive) is { Implicit: false } ? parse.GetValue(_passive) : null,
        RestartTime = parse.GetValue(_restart),
        MaximumPaths = parse.GetValue(_paths),
    };

    private static bool ReadAddress(string text, out IPAddress value)
    {
        var found = OptionFactory.ReadAddress(text, out var address);
        value = address ?? IPAddress.None;
        return found;
    }
}
