using System.Net;
using Loxi.Bgp.Session;

namespace Loxi.Bgp.Transport;

/// <summary>A session that came up, and between which addresses. Link-local ones carry their scope.</summary>
internal sealed record EstablishedSession(NegotiatedSession Negotiated, IPEndPoint Local, IPEndPoint Remote);
