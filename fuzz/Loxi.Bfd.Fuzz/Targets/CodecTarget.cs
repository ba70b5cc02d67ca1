using Loxi.Bfd.Wire;
using Loxi.Fuzz;

namespace Loxi.Bfd.Fuzz.Targets;

/// <summary>Any bytes, to the codecs: nothing throws, and what is read is written back as it was.</summary>
internal static class CodecTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        RunControl(input);
        RunEcho(input);
    }

    private static void RunControl(ReadOnlySpan<byte> input)
    {
        if (BfdControlCodec.Read(input, out var packet) != BfdDiscardReason.None)
        {
            Check(packet == default, "a discarded packet has no fields");
            return;
        }

        Check(packet.Length >= BfdControlCodec.MandatoryLength && packet.Length <= input.Length, "the length is within the datagram");
        Span<byte> written = stackalloc byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(packet, written);
        Check(written.SequenceEqual(input[..written.Length]), "what was read is written back");
        if (BfdAuthenticationSection.Read(input[..packet.Length], out var section) == BfdDiscardReason.None)
        {
            Check(section.Length <= packet.Length - BfdControlCodec.MandatoryLength && section.Secret.Length is > 0 and <= BfdLimits.LongestSha1Secret, "the section is within the packet");
        }
    }

    private static void RunEcho(ReadOnlySpan<byte> input)
    {
        if (BfdEchoPacket.TryRead(input, out var packet))
        {
            Span<byte> written = stackalloc byte[BfdEchoPacket.Length];
            packet.Write(written);
            Check(written.SequenceEqual(input), "what was read is written back");
        }
    }

    private static void Check(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvariantException(rule);
        }
    }
}
