using System.Globalization;
using Loxi.Bfd;

namespace Loxi.Lab;

/// <summary>
/// A BFD speaker until SIGTERM or SIGINT. Prints <c>ready</c>, then a line <c>PEER FROM TO CAUSE TIME LATE</c> for each change of state, both in
/// nanoseconds, the time of the monotonic clock, and at the end what was lost, late and refused.
/// </summary>
internal static class BfdCommand
{
    internal static async Task<int> RunAsync(string[] args)
    {
        var arguments = new CommandArguments(args, "--peer", "--interface", "--interval", "--multiplier", "--multihop", "--priority");
        _ = arguments.Required("--peer");
        var interval = TimeSpan.FromMicroseconds(arguments.Integer("--interval", 50_000, 3_000, int.MaxValue));
        var sessions = arguments.All("--peer").Select(static peer => peer.Split(',')).Select(pair => new BfdSessionSettings(CommandArguments.Address("--peer", pair[0]))
        {
            LocalAddress = pair.Length > 1 ? CommandArguments.Address("--peer", pair[1]) : null,
            Interface = arguments.All("--interface") is [.., var name] ? name : null,
            Kind = arguments.Has("--multihop") ? BfdSessionKind.Multihop : BfdSessionKind.SingleHop,
            DesiredMinTxInterval = interval,
            RequiredMinRxInterval = interval,
            DetectMult = arguments.Integer("--multiplier", 3, 1, 255),
        });

        var end = Termination.WaitAsync();
        await using var speaker = new BfdSpeaker(new BfdSpeakerOptions { RealTimePriority = arguments.Integer("--priority", 0, 0, 99) });
        _ = speaker.Subscribe(static change => Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{change.Session.PeerAddress} {change.Transition.From} {change.Transition.To} {change.Transition.Cause} {change.Transition.Time} {change.Transition.LateBy}")));
        await speaker.ApplyAsync([.. sessions]);
        await Console.Out.WriteLineAsync("ready");
        await Task.WhenAny(end, speaker.Completion);
        await Console.Out.WriteLineAsync((await speaker.ReadStatusAsync()).ToString());
        return 0;
    }
}
