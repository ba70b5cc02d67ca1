using System.CommandLine;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Commands;

/// <summary><c>ha keys</c>: how HELLOs are authenticated, shown or changed without a restart.</summary>
internal sealed class HaKeysCommand
{
    private static readonly string[] Modes = ["bootstrap", "receive-only", "permissive", "enforce"];

    private readonly Option<string?> _mode = OptionFactory.Single<string?>(
        "--mode", string.Join('|', Modes), "How far HELLOs are authenticated. All nodes go through these in order.", "one of " + string.Join(", ", Modes), static (string text, out string? value) => Modes.Contains(value = text));

    private readonly Option<long?> _send = OptionFactory.Number("--send", "id", "The number of the key to send with.", 1, ushort.MaxValue);
    private readonly Option<string?> _file = OptionFactory.Text("--file", "path", "A file of this machine with all keys, a number and hexadecimal digits in each line: they take the place of the node's, and are stored there.");
    private readonly Option<bool> _reread = OptionFactory.Flag("--reread", "Let the node read the file of its --ha-keys again.");
    private readonly Option<bool> _force = OptionFactory.Flag("--force", "Do it even when another node that is heard now would not be heard any more.");

    public static Command Create(CommandRunner runner)
    {
        var self = new HaKeysCommand();
        var command = new Command("keys", "Show how HELLOs between nodes are authenticated; with an option, change it. Changes are in force at once and outlive a restart.") { self._mode, self._send, self._file, self._reread, self._force };
        new OutputOptions().Attach(command, runner, (session, parse, view, cancellationToken) => self.RunAsync(session, parse, view, runner.Environment, cancellationToken));
        return command;
    }

    private async Task RunAsync(NodeSession session, ParseResult parse, View view, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var (mode, send, file, reread) = (parse.GetValue(_mode), parse.GetValue(_send), parse.GetValue(_file), parse.GetValue(_reread));
        var isChange = mode is not null || send is not null || file is not null || reread;
        if (file is not null && reread)
        {
            throw new CliException(ExitCode.Usage, "ha keys: expected --file or --reread, not both");
        }

        if (!isChange && parse.GetValue(_force))
        {
            throw new CliException(ExitCode.Usage, "ha keys: expected --mode, --send, --file or --reread with --force");
        }

        if (file is not null)
        {
            SecretTransport.Require("--api", session.Address);
        }

        var keys = !isChange ? await session.Client.GetHaKeysAsync(cancellationToken) : await session.Client.SetHaKeysAsync(
            new HaKeysArguments
            {
                Mode = mode,
                Send = send,
                Keys = file is null ? null : HaKeyLines.Read("--file", file, environment),
                Reread = reread ? true : null,
                Force = parse.GetValue(_force) ? true : null,
            },
            cancellationToken);
        if (view.TryWriteDocument())
        {
            return;
        }

        var table = view.Screen.Table("MODE", "KEY", "SENDS", "FINGERPRINT", "ORIGIN", "KEYS FROM");
        foreach (var key in keys.Keys is { Count: > 0 } some ? some : [null!])
        {
            Screen.AddRow(table, keys.Mode, key?.Id, key is null ? null : key.Id == keys.Send && keys.Mode is "permissive" or "enforce" ? "yes" : "no", key?.Fingerprint, keys.Origin, keys.KeysFrom);
        }

        view.Screen.Write(table);
    }
}
