namespace Loxi.Bgp.Wire;

/// <summary>Reads UPDATEs (RFC 4271 4.3, 4760) and decides what follows from what is wrong in them (RFC 7606). Allocates nothing once its buffer has grown.</summary>
internal static class UpdateReader
{
    /// <param name="message">The message, whose header is right.</param>
    /// <param name="context">The session. The same object for all UPDATEs of a session: attributes are compared with the last ones of it.</param>
    /// <param name="buffer">Working room; the result refers to it until the next call with it.</param>
    internal static UpdateView Read(ReadOnlySpan<byte> message, UpdateContext context, UpdateBuffer buffer) => new UpdateParser(message, context, buffer).Run();
}
