namespace Loxi.Linux.Netlink;

/// <summary>Receives the events of a <see cref="RtnetlinkMonitor"/>, one at a time, on the thread that runs it.</summary>
/// <param name="change">The event; valid for the duration of the call, copy what is kept.</param>
#pragma warning disable CA1711 // Not an event handler of the .NET pattern: it carries no sender and allocates nothing.
public delegate void NetworkChangeHandler(in NetworkChange change);
#pragma warning restore CA1711
