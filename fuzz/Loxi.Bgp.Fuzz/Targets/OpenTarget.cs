using Loxi.Bgp.Wire;
using Loxi.Fuzz;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>Any bytes as the body of an OPEN: nothing throws, an error is one of OPEN, and what is read is the same after it was written.</summary>
internal static class OpenTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        var message = FuzzMessage.Of(1, input);
        if (MessageHeader.Read(message, MessageHeader.PlainMaximum, out _, out _) == ParseStatus.Done)
        {
            Read(message);
        }

        // What else may be in the stream.
        MessageHeader.Read(input, MessageHeader.ExtendedMaximum, out var header, out _);
        InvariantException.Check(header.Length <= input.Length, "a message is whole when it is found");
        if (input.Length >= 2)
        {
            var notification = NotificationCodec.Read(FuzzMessage.Of(3, input));
            InvariantException.Check(notification.Text is null || !notification.Text.Any(char.IsControl), "text is fit for a log");
        }

        if (input.Length >= 4)
        {
            var refresh = FuzzMessage.Of(5, input);
            if (!RouteRefreshCodec.TryRead(refresh, [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast], enhanced: true, out _, out var error))
            {
                InvariantException.Check(error is { Code: BgpErrorCode.RouteRefreshMessage, Handling: ErrorHandling.SessionReset }, "an error of the refresh");
            }
        }
    }

    public static void Read(byte[] message)
    {
        var open = OpenCodec.Read(message, out var error);
        InvariantException.Check(open is null == !error.IsNone, "an OPEN or an error");
        if (open is null)
        {
            InvariantException.Check(error is { Code: BgpErrorCode.OpenMessage, Handling: ErrorHandling.SessionReset } && error.Offset >= 19 && error.Offset <= message.Length, "an error of the OPEN");
            Span<byte> answer = stackalloc byte[4096];
            NotificationCodec.WriteError(error, message, answer);
            return;
        }

        InvariantException.Check(open.As != 0 && open.Identifier != 0 && open.HoldTime is not (1 or 2), "what RFC 4271 6.2 forbids is refused");
        var sent = open with { Capabilities = open.Capabilities with { HostName = null, SoftwareVersion = null, Ignored = [], HasConflictingRoles = false } };
        if (sent.Capabilities.Families.IsEmpty)
        {
            sent = sent with { Capabilities = sent.Capabilities with { HasMultiprotocol = false } };
        }

        var written = new byte[4096];
        var length = OpenCodec.Write(sent, written);
        InvariantException.Check(OpenCodec.Read(written.AsSpan(0, length), out _) is { } again && again == sent, "what is written is read as it was");
    }
}
