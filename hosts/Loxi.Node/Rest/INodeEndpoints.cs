namespace Loxi.Node.Rest;

/// <summary>The endpoints that services use, each address, protocol and port once.</summary>
internal interface INodeEndpoints
{
    IReadOnlyList<NodeEndpoint> List();
}
