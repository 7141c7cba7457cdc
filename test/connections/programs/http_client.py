"""
http.client: PORT CONNECTIONS REQUESTS [late] [download] [?QUERY] [HOST...].

One connection after another. With `late` all stay open, and go on when they are told to. With
`download` the program is ready while the first response is still coming.
"""
import http.client
import sys

import truth

port, connections, requests = (int(word) for word in sys.argv[1:4])
query = next((word for word in sys.argv if word.startswith('?')), '')
hosts = [word for word in sys.argv[4:] if '.' in word or ':' in word] or ['127.0.0.1']
context = truth.context()


def ask(connection, token):
    connection.request('GET', f'/{token}{query}')
    truth.tell(token, connection.sock)
    response = connection.getresponse()
    response.read(1000)
    if 'download' in sys.argv:
        truth.ready()
    while response.read(3000):
        pass


opened = []
for number in range(connections):
    host = hosts[number % len(hosts)]
    connection = http.client.HTTPSConnection(host, port, context=context)
    ask(connection, f'tok_c{number}_')
    if 'late' in sys.argv:
        opened.append(connection)
        continue
    for request in range(1, requests):
        ask(connection, f'tok_c{number}r{request}_')
    connection.close()

truth.wait_for_go()
for request in range(1, requests):
    for number, connection in enumerate(opened):
        ask(connection, f'tok_c{number}r{request}_')
