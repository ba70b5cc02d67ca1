namespace Loxi.Bgp.Session;

/// <summary>Subcodes of a finite state machine error: in which state the message was unexpected (RFC 6608).</summary>
internal static class StateSubcode
{
    internal const byte OpenSent = 1;
    internal const byte OpenConfirm = 2;
    internal const byte Established = 3;
}
