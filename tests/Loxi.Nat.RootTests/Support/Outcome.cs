using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>A packet after the program.</summary>
internal sealed record Outcome(Verdict Verdict, byte[] Sent, byte[] Frame)
{
    public ParsedPacket Packet { get; } = new(Frame);

    public bool IsUnchanged => Sent.AsSpan().SequenceEqual(Frame);

    public override string ToString() => $"{Verdict}: {Packet}";
}
