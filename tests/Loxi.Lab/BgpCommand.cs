using System.Net;
using Loxi.Bgp;

namespace Loxi.Lab;

/// <summary>A BGP speaker until SIGTERM or SIGINT, whose peers accept what it announces; with <c>--pass-on</c> it waits for them, takes all that they tell, and tells it to the others. Prints <c>ready</c> when it is configured.</summary>
internal static class BgpCommand
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var arguments = new CommandArguments(args, "--as", "--router-id", "--peer", "--announce", "--hold-time", "--restart-time", "--pass-on", "--port", "--password", "--gtsm");
        var localAs = As("--as", arguments.Required("--as"));
        var speaker = new BgpSpeakerSettings(localAs, CommandArguments.Address("--router-id", arguments.Required("--router-id"))) { ListenPort = arguments.Integer("--port", 179, 1, ushort.MaxValue) };
        _ = arguments.Required("--peer");
        var peers = arguments.All("--peer").Select(static peer => peer.Split(',') is [var address, var number]
            ? new BgpPeerSettings(CommandArguments.Address("--peer", address), As("--peer", number))
            : throw new UsageException($"option --peer '{peer}': expected ADDRESS,AS"));
        var holdTime = TimeSpan.FromSeconds(arguments.Integer("--hold-time", 90, 0, ushort.MaxValue));
        var isGraceful = arguments.Has("--restart-time");
        if (isGraceful)
        {
            speaker = speaker with { RestartTime = TimeSpan.FromSeconds(arguments.Integer("--restart-time", 120, 1, 4095)) };
        }

        var passesOn = arguments.Has("--pass-on");
        var password = arguments.All("--password") is [.., var text] ? text : null;
        int? hops = arguments.Has("--gtsm") ? arguments.Integer("--gtsm", 1, 1, 254) : null;
        var end = Termination.WaitAsync();
        await using var bgp = new BgpSpeaker();
        await bgp.SetAdvertisementsAsync([.. arguments.All("--announce").Select(static prefix => new BgpAdvertisement(Prefix(prefix)))]);
        try
        {
            await bgp.ApplyAsync(new BgpConfiguration(speaker) { Peers = [.. peers.Select(Complete)] });
        }
        catch (InvalidBgpConfigurationException e)
        {
            await Console.Error.WriteLineAsync(string.Join('\n', e.Problems));
            return 1;
        }

        await Console.Out.WriteLineAsync("ready");
        await end;
        return 0;

        BgpPeerSettings Complete(BgpPeerSettings peer) => peer with
        {
            HoldTime = holdTime,
            GracefulRestart = isGraceful,
            Passive = passesOn,
            Md5Password = password,
            GtsmHops = hops,
            ImportDefaultAccept = passesOn ? true : null,
            ExportDefaultAccept = passesOn ? true : null,
        };
    }

    private static uint As(string option, string text) => (uint)CommandArguments.Integer(option, text, 1, int.MaxValue);

    private static IPNetwork Prefix(string text)
        => IPNetwork.TryParse(text, out var prefix) ? prefix : throw new UsageException($"option --announce '{text}': expected ADDRESS/LENGTH");
}
