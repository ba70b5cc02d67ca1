using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>A packet after the program. <paramref name="Reasons"/>: every counter of the program that is not zero, to explain a failure.</summary>
internal sealed record Outcome(Verdict Verdict, byte[] Sent, byte[] Frame, Func<string> Reasons)
{
    public ParsedPacket Packet { get; } = new(Frame);

    public bool IsUnchanged => Sent.AsSpan().SequenceEqual(Frame);

    public override string ToString() => $"{Verdict}: {Packet} ({Reasons()})";
}
