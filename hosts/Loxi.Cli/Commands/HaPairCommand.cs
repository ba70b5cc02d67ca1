using System.CommandLine;
using Loxi.Cli.Arguments;
using Loxi.Cli.Pairing;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>ha pair</c>: all nodes to authenticated HELLOs with a random key, without a HELLO lost.</summary>
internal sealed class HaPairCommand
{
    private readonly Option<string[]> _peers = new("--peer")
    {
        Description = "The API of another node: " + SecretTransport.Expected + ". Once for each other node.",
        HelpName = "url",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _newKey = OptionFactory.Flag("--new-key", "Give nodes that are paired another key.");

    public static Command Create(CommandRunner runner, GlobalOptions options)
    {
        var self = new HaPairCommand();
        var command = new Command("pair", "Move this node and the others to authenticated HELLOs with a random key, without an interruption: all accept it, all send with it, all accept nothing else. Nodes that keep connections alike (--ha-sync) get the pins of each other too. When a step fails, nodes go on hearing each other, and calling it again continues.") { self._peers, self._newKey };
        runner.Attach(command, async (session, parse, cancellationToken) =>
        {
            SecretTransport.Require("--api", session.Address);
            if (parse.GetValue(self._peers) is not { Length: > 0 } peers)
            {
                throw new CliException(ExitCode.Usage, "ha pair: expected --peer with the API of each other node");
            }

            var others = new List<NodeSession>();
            try
            {
                foreach (var text in peers)
                {
                    var api = GlobalOptions.Address("--peer", text);
                    SecretTransport.Require("--peer", api);
                    others.Add(new NodeSession(api, session.Timeout, options.TokenOf(parse, runner.Environment), runner.Environment));
                }

                await new HaPairing([session, .. others], runner.Environment).RunAsync(parse.GetValue(self._newKey), cancellationToken);
            }
            finally
            {
                others.ForEach(static other => other.Dispose());
            }
        });
        return command;
    }
}
