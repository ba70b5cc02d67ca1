namespace Loxi.Bgp.Wire;

/// <summary>What is wrong with bytes that arrived. The data of the NOTIFICATION is a part of the input, so that a refusal allocates nothing.</summary>
/// <param name="Code">Error code.</param>
/// <param name="Subcode">Error subcode; 0 is "unspecific".</param>
/// <param name="Offset">Where it was found, in octets from the start of the message (its marker).</param>
/// <param name="Handling">What follows.</param>
/// <param name="Attribute">Type code of the attribute, 0 when it is about none.</param>
/// <param name="DataOffset">Start of the data of the NOTIFICATION in the message.</param>
/// <param name="DataLength">Its length; 0 for none.</param>
internal readonly record struct BgpError(
    BgpErrorCode Code, byte Subcode, int Offset, ErrorHandling Handling, byte Attribute = 0, int DataOffset = 0, int DataLength = 0)
{
    internal bool IsNone => Handling == ErrorHandling.None;
}
