using Loxi.Bfd.Session;

namespace Loxi.Bfd.Transport;

/// <summary>An event for a session.</summary>
/// <param name="session">The session.</param>
/// <param name="now">The time, in nanoseconds.</param>
/// <param name="transmit">Room for a packet.</param>
internal delegate BfdStep SessionStep(BfdSession session, long now, Span<byte> transmit);
