using System.CommandLine;
using System.Net;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Cli.Arguments;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>set bgp neighbor X reset|shutdown|start [text]</c>, and <c>set bgp neighbor X</c> with settings to change.</summary>
internal sealed class SetBgpNeighbor
{
    private static readonly string[] Verbs = ["reset", "soft-reset", "soft-in", "soft-out", "shutdown", "start"];

    private readonly Argument<IPAddress?> _peer = BgpArguments.Peer(ArgumentArity.ExactlyOne);
    private readonly Argument<string?> _text = new("text") { Description = "Told to the peer by reset and shutdown, at most 255 bytes.", Arity = ArgumentArity.ZeroOrOne };
    private readonly BgpOptions _options = new();

    private readonly Argument<string?> _verb = new("action")
    {
        Description = string.Join('|', Verbs) + "; without one, the options say what changes.",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result =>
        {
            var text = result.Tokens[0].Value;
            if (!Verbs.Contains(text))
            {
                result.AddError($"action '{text}': expected one of {string.Join(", ", Verbs)}{Nearest.Question(text, Verbs)}");
            }

            return text;
        },
    };

    /// <summary>The group <c>set bgp</c>.</summary>
    public static Command Create(CommandRunner runner)
    {
        var self = new SetBgpNeighbor();
        var command = new Command("neighbor", "Reset, shut down or start the session with a BGP peer, or change its settings. Other sessions are not touched.") { self._peer, self._verb, self._text };
        command.Aliases.Add("neigh");
        self._options.AddTo(command);
        runner.Attach(command, (session, parse, cancellationToken) => self.RunAsync(session, parse, runner.Environment, cancellationToken));
        return new Command("bgp", "BGP sessions.") { command };
    }

    private Task RunAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken) =>
        parse.GetValue(_verb) is { } verb ? ActAsync(session, parse, verb, environment.Output, cancellationToken) : ChangeAsync(session, parse, environment, cancellationToken);

    private async Task ActAsync(NodeSession session, ParseResult parse, string verb, TextWriter output, CancellationToken cancellationToken)
    {
        var (peer, text) = (parse.GetRequiredValue(_peer)!, parse.GetValue(_text));
        var link = _options.InterfaceOf(parse);
        if (_options.AnyIsGiven(parse))
        {
            throw new CliException(ExitCode.Usage, $"set bgp neighbor {peer} {verb}: expected no options that change settings beside it");
        }

        if (text is not null && verb is not ("reset" or "shutdown"))
        {
            throw new CliException(ExitCode.Usage, $"set bgp neighbor {peer} {verb}: expected no text: only reset and shutdown tell the peer");
        }

        var found = verb switch
        {
            "shutdown" or "start" => await session.Client.ShutDownBgpPeerAsync(peer, verb == "shutdown", text, link, cancellationToken),
            _ => await session.Client.ResetBgpPeerAsync(peer, new BgpReset { Kind = verb switch { "reset" => "hard", "soft-reset" => "soft", _ => verb }, Text = text }, link, cancellationToken),
        };
        if (!found)
        {
            throw new CliException(ExitCode.NotFound, $"no BGP peer {peer}");
        }

        await output.WriteLineAsync($"bgpneighbor {peer} {verb switch { "shutdown" => "shut down", "start" => "started", "reset" => "reset", _ => "refreshed" }}");
    }

    private async Task ChangeAsync(NodeSession session, ParseResult parse, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var peer = parse.GetRequiredValue(_peer)!;
        List<string> problems = [];
        BgpNeighborArguments arguments = _options.Read(parse, peer, environment, problems);
        if (problems.Count == 0 && !_options.AnyIsGiven(parse))
        {
            problems.Add($"set bgp neighbor {peer}: expected one of {string.Join(", ", Verbs)}, or an option with what to change");
        }

        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Usage, problems);
        }

        // The node would make a peer where there is none.
        var peers = await session.Client.ListBgpNeighborsAsync(cancellationToken);
        if (!peers.Any(entry => entry.IPAddress == arguments.IPAddress && (!peer.IsIPv6LinkLocal || arguments.Interface is null || entry.Interface == arguments.Interface)))
        {
            throw new CliException(ExitCode.NotFound, $"no BGP peer {peer}");
        }

        var changed = await session.Client.PutBgpNeighborAsync(arguments, cancellationToken);
        await environment.Output.WriteLineAsync($"bgpneighbor {peer} {(changed ? "changed" : "unchanged")}");
    }
}
