namespace Loxi.Bgp.Wire;

/// <summary>Subcodes of an UPDATE message error (RFC 4271 6.3).</summary>
internal static class UpdateSubcode
{
    internal const byte MalformedAttributeList = 1;
    internal const byte UnrecognizedWellKnown = 2;
    internal const byte MissingWellKnown = 3;
    internal const byte AttributeFlags = 4;
    internal const byte AttributeLength = 5;
    internal const byte InvalidOrigin = 6;
    internal const byte InvalidNextHop = 8;
    internal const byte OptionalAttribute = 9;
    internal const byte InvalidNetworkField = 10;
    internal const byte MalformedAsPath = 11;
}
