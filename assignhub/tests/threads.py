"""Several writers at the same moment, with real threads and connections of their own."""

import threading

from django.db import connection


def together(*writes) -> list:
    """Run the writes at the same moment, each in a thread of its own; return what each returned or raised."""
    start = threading.Barrier(len(writes))
    results: list = [None] * len(writes)

    def run(place, write):
        start.wait()
        try:
            results[place] = write()
        except Exception as error:  # noqa: BLE001 - it is the result
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(writes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
